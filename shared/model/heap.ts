/**
 * The heap of a board's JavaScript engine (XS): chunks hold buffers, strings and the items of arrays, slots
 * hold objects, properties and the stack. A round's own buffers are the sum of `memoryOf`; this is what the
 * engine, the client and a round's small objects take around them.
 *
 * Measured on XS built for 32 bits, at the peak of a round, for every model of the zoo and every method
 * (test/tools/emulator/memory.test.ts): with these constants the whole sum is within 5 % of it.
 * @module
 */
import type { BoardProfile } from './boards.js';

/** Limits of a machine. In a fixed heap each binds alone, in a pool their sum does. */
export interface BoardHeap {
  readonly chunkBytes: number;
  readonly slots: number; // of SLOT_BYTES, without the stack
  readonly sumBytes: number; // of chunks, slots and stack
  readonly stackSlots: number;
}

/** A slot on a 32-bit machine. */
export const SLOT_BYTES = 16;

/** The deepest round used 519 slots. */
export const STACK_SLOTS = 640;

/** By the count of layers with weights: each has a few objects and small arrays of its own. */
export function engineBytes(layers: number): { readonly chunks: number; readonly slots: number } {
  return { chunks: 8_800 + 750 * layers, slots: 18_400 + 3_600 * layers };
}

/** Room is left for so many layers. */
const LAYERS = 5;

/** Of the C3, for chunks, slots and stack together. */
const POOL_BYTES = 94_208;

export function heapOf({ name, ramBytes }: BoardProfile): BoardHeap {
  const engine = engineBytes(LAYERS);
  const stackBytes = SLOT_BYTES * STACK_SLOTS;
  if (name === 'esp32-c3') {
    const slots = Math.floor((POOL_BYTES - stackBytes) / SLOT_BYTES);
    return { chunkBytes: POOL_BYTES, slots, sumBytes: POOL_BYTES, stackSlots: STACK_SLOTS };
  }
  const chunkBytes = ramBytes + engine.chunks;
  const slots = Math.ceil(engine.slots / SLOT_BYTES);
  return {
    chunkBytes,
    slots,
    sumBytes: chunkBytes + SLOT_BYTES * slots + stackBytes,
    stackSlots: STACK_SLOTS,
  };
}
