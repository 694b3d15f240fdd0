/**
 * A board's entropy with a seed, so that its back-off can be repeated.
 * @module
 */
import type { Entropy } from '../../firmware/ports/ports.js';
import { Random } from '../../shared/fixed/random.js';

export class SeededEntropy implements Entropy {
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  next(): number {
    return this.#random.next();
  }
}
