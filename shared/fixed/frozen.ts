/**
 * Constant tables that stay in flash on a board: what is frozen when the firmware is built needs no
 * place in RAM in case somebody changes it.
 * Source: Moddable SDK, documentation/xs/preload.md.
 * @module
 */

/** The same value, which nobody can change any more, nor its parts. Typed arrays in it are left as they are. */
export function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || Object.isFrozen(value)) {
    return value;
  }
  Object.freeze(value);
  for (const part of Object.values(value)) frozen(part);
  return value;
}
