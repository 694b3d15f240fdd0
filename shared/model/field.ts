/**
 * Checks of one field of a model's JSON. Each error names the field, its value and what was expected.
 * @module
 */

/** @throws RangeError unless it is an object */
export function record(value: unknown, where: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw bad(where, value, 'an object');
  }
  return value as Record<string, unknown>;
}

/** @throws RangeError for a name that is not in the list */
export function known(object: Record<string, unknown>, where: string, names: readonly string[]): void {
  for (const name of Object.keys(object)) {
    if (!names.includes(name)) throw bad(`${where}.${name}`, object[name], `only ${names.join(', ')}`);
  }
}

/** @throws RangeError unless it is an integer from min to max */
export function integer(value: unknown, where: string, min: number, max: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
    throw bad(where, value, `an integer from ${min} to ${max}`);
  }
  return value;
}

/** One line, whatever the value is. */
export function bad(where: string, value: unknown, expected: string): RangeError {
  const text = JSON.stringify(value);
  return new RangeError(
    `${where} ${text === undefined ? 'missing' : text.slice(0, 60)}, expected ${expected}`,
  );
}
