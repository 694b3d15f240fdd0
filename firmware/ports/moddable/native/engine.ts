/**
 * The engine's memory: host functions of `engine.c`.
 * @module
 */

/** Bytes of chunks at most, garbage included. */
export function peakChunkBytes(): number {
  return native('sparrow_engine_chunks')();
}

/** At most, garbage included. */
export function peakSlots(): number {
  return native('sparrow_engine_slots')();
}

/** Of one slot: 16 on a chip. */
export function slotBytes(): number {
  return native('sparrow_engine_slot')();
}
