/**
 * The engine's own random numbers, which the hardware seeds on a chip. For back-off jitter only.
 * @module
 */
import type { Entropy } from '../ports.js';

export class HardwareEntropy implements Entropy {
  next(): number {
    return Math.floor(Math.random() * 0x1_0000_0000);
  }
}
