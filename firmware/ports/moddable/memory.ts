/**
 * What the engine's memory held at most since the board began: garbage included, since XS collects
 * when it has no memory left.
 * @module
 */

import type { Vitals } from '../ports.js';
import { peakChunkBytes, peakSlots, slotBytes } from './native/engine.js';

export function engineMemory(): Pick<Vitals, 'heapBytes' | 'chunkBytes' | 'slots'> {
  const chunkBytes = peakChunkBytes();
  const slots = peakSlots();
  return { heapBytes: chunkBytes + slots * slotBytes(), chunkBytes, slots };
}
