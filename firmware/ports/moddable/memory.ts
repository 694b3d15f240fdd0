/**
 * The engine's memory: what it held at most since the board began, garbage included, and what is reachable now.
 * XS collects when it has no memory left, so without a collection every board would seem full.
 * @module
 */
import type { Vitals } from '../ports.js';
import { chunkBytes, collectGarbage, peakBytes, slots } from './native/engine.js';

export function engineMemory(): Pick<Vitals, 'heapBytes' | 'chunkBytes' | 'slots'> {
  collectGarbage();
  return { heapBytes: peakBytes(), chunkBytes: chunkBytes(), slots: slots() };
}
