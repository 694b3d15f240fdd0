/**
 * Checks of single fields of JSON from outside. Every error is one line: where, the value, what was
 * expected.
 * @module
 */

/** @throws RangeError unless it is an object with these names only */
export function record(value: unknown, where: string, names: readonly string[]): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badField(where, value, 'an object');
  }
  for (const [name, field] of Object.entries(value)) {
    if (!names.includes(name)) throw badField(`${where}.${name}`, field, `only ${names.join(', ')}`);
  }
  return value as Record<string, unknown>;
}

/** @throws RangeError unless it is a list of one item or more, no two alike */
export function list(value: unknown, where: string): unknown[] {
  if (!Array.isArray(value) || value.length === 0) throw badField(where, value, 'a list of 1 item or more');
  const seen = new Set<string>();
  for (const [i, item] of value.entries()) {
    const text = JSON.stringify(item);
    if (seen.has(text)) throw badField(`${where}[${i}]`, item, 'each item once');
    seen.add(text);
  }
  return value;
}

export function text(value: unknown, where: string): string {
  if (typeof value !== 'string' || value === '') throw badField(where, value, 'a text');
  return value;
}

export function boolean(value: unknown, where: string): boolean {
  if (typeof value !== 'boolean') throw badField(where, value, 'true or false');
  return value;
}

export function integer(value: unknown, where: string, from: number, to: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < from || value > to) {
    throw badField(where, value, `an integer from ${from} to ${to}`);
  }
  return value;
}

/** A number above `above`, to `to`. */
export function part(value: unknown, where: string, above: number, to: number): number {
  if (typeof value !== 'number' || !(value > above && value <= to)) {
    throw badField(where, value, `a number above ${above}, to ${to}`);
  }
  return value;
}

/** @throws RangeError when two of the names are the same */
export function checkNames(names: readonly string[], where: string): void {
  const twice = names.findIndex((name, i) => names.indexOf(name) < i);
  if (twice >= 0) throw badField(`${where}[${twice}].name`, names[twice], 'each name once');
}

export function badField(where: string, value: unknown, expected: string): RangeError {
  const shown = value === undefined ? 'missing' : JSON.stringify(value).slice(0, 60);
  return new RangeError(`${where} ${shown}, expected ${expected}`);
}
