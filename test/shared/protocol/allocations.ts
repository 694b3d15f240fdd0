/**
 * Sees what a piece of code allocates in typed arrays: for tests that a few bytes from outside cannot make
 * a decoder ask for much memory.
 * @module
 */

const NAMES = [
  'Uint8Array',
  'Int8Array',
  'Uint16Array',
  'Int16Array',
  'Uint32Array',
  'Int32Array',
  'Float64Array',
] as const;

/** Bytes of all new typed arrays that `work` makes; views of a buffer that is there count nothing. */
export function allocatedBy(work: () => void): number {
  let bytes = 0;
  const globals = globalThis as unknown as Record<string, object>;
  const originals = NAMES.map((name) => globals[name]);
  const originalBuffer = globals.ArrayBuffer;
  const counting = (original: object) =>
    new Proxy(original, {
      construct(target, args: unknown[], newTarget) {
        const made = Reflect.construct(target as NewableFunction, args, newTarget) as ArrayBufferView;
        if (!(args[0] instanceof ArrayBuffer)) bytes += made.byteLength;
        return made;
      },
    });
  try {
    for (const [i, name] of NAMES.entries()) globals[name] = counting(originals[i]);
    globals.ArrayBuffer = counting(originalBuffer);
    work();
  } finally {
    for (const [i, name] of NAMES.entries()) globals[name] = originals[i];
    globals.ArrayBuffer = originalBuffer;
  }
  return bytes;
}
