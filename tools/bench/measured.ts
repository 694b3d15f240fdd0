/**
 * A figure of the bench: exact counts, so that two runs give the same.
 * @module
 */

export interface Measured {
  /** Instructions per example, or bytes. */
  readonly value: number;
  /** The same by what it is for. */
  readonly parts: Readonly<Record<string, number>>;
}

/** @param parts not rounded */
export function measuredOf(parts: ReadonlyMap<string, number>): Measured {
  const rounded = [...parts].map(([name, value]): [string, number] => [name, Math.round(value)]);
  const sum = [...parts.values()].reduce((total, value) => total + value, 0);
  return { value: Math.round(sum), parts: Object.fromEntries(rounded) };
}
