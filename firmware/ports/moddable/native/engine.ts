/**
 * The engine's memory: host functions of `engine.c`.
 * @module
 */

/** Bytes of chunks and slots at most so far, garbage included. */
export function peakBytes(): number {
  return native('sparrow_engine_peak')();
}

/** Some tens of milliseconds on a chip. */
export function collectGarbage(): void {
  native('sparrow_engine_collect')();
}

export function chunkBytes(): number {
  return native('sparrow_engine_chunks')();
}

export function slots(): number {
  return native('sparrow_engine_slots')();
}
