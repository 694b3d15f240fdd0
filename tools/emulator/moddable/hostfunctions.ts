/**
 * Stands for the firmware's own host functions in C, `firmware/ports/moddable/native`.
 * @module
 */
import { machine } from './machine.js';

const FUNCTIONS: Readonly<Record<string, () => number>> = {
  // The host knows what the engine's memory holds; the engine does not.
  sparrow_engine_peak: () => 0,
  sparrow_engine_collect: () => 0,
  sparrow_engine_chunks: () => 0,
  sparrow_engine_slots: () => 0,
  sparrow_chip_free: () => machine().host.freeBytes(),
  sparrow_chip_slot: () => 0,
};

/** The SDK's `native`. @throws ReferenceError for a C function that the firmware has not */
export function native(name: string): () => number {
  if (!Object.hasOwn(FUNCTIONS, name)) throw new ReferenceError(`no host function ${name}`);
  return FUNCTIONS[name];
}
