/**
 * Range checks of a frame's fields, the same for encoder and decoder. typed-binary itself wraps a
 * number that does not fit, silently.
 * @module
 */

export const UINT16_MAX = 0xffff;
export const UINT32_MAX = 0xffff_ffff;

/** @throws RangeError naming the field */
export function checkInteger(name: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(`${name} ${value}, expected an integer from ${min} to ${max}`);
  }
}

/** The place of a choice in its list: its code on the wire. @throws RangeError naming the field */
export function codeOf<T>(name: string, choices: readonly T[], choice: T): number {
  const code = choices.indexOf(choice);
  if (code < 0) throw new RangeError(`${name} ${String(choice)}, expected one of ${choices.join(', ')}`);
  return code;
}

/** @throws RangeError naming the field */
export function choiceOf<T>(name: string, choices: readonly T[], code: number): T {
  checkInteger(`${name} code`, code, 0, choices.length - 1);
  return choices[code];
}

/** Two uint32 hold an integer up to 2^53 - 1; neither typed-binary nor a board's DataView has wider ones. */
export function splitWide(value: number): { low: number; high: number } {
  return { low: value % 2 ** 32, high: Math.floor(value / 2 ** 32) };
}

/** May pass 2^53: check the range of what comes out. */
export function joinWide(low: number, high: number): number {
  return high * 2 ** 32 + low;
}
