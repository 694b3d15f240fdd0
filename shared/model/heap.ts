/**
 * The heap of a board's JavaScript engine (XS): chunks hold buffers, strings and the items of arrays, slots
 * hold objects, properties and the stack. A round's own need is `memoryOf`; this is what lies around it.
 * Everything here was measured on XS built for 32 bits (`tools/emulator/stand.ts`).
 * @module
 */
import type { BoardProfile } from './boards.js';

/** Limits of a machine. In fixed heaps each binds alone, in a pool their sum does. */
export interface BoardHeap {
  readonly chunkBytes: number;
  readonly slots: number; // of SLOT_BYTES, without the stack
  readonly sumBytes: number; // of chunks, slots and stack
  readonly stackSlots: number;
}

/** A slot on a 32-bit machine. */
export const SLOT_BYTES = 16;

/** Chunks of the client itself, and of a round's small objects. */
export const CLIENT_CHUNK_BYTES = 16_000;

/** Slots of both, for models of up to four layers with weights. */
const CLIENT_SLOTS = 2_000;

const STACK_SLOTS = 640;

export function heapOf({ ramBytes }: BoardProfile): BoardHeap {
  const chunkBytes = ramBytes + CLIENT_CHUNK_BYTES;
  const sumBytes = chunkBytes + SLOT_BYTES * (CLIENT_SLOTS + STACK_SLOTS);
  return { chunkBytes, slots: CLIENT_SLOTS, sumBytes, stackSlots: STACK_SLOTS };
}
