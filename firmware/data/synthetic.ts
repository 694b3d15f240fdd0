/**
 * Examples made from a seed as they are read: for `selftest` and for tests, where every engine must
 * see the same data without a file. Each class has its own pattern of dark and bright features; an
 * example is its class's pattern with noise and a few features turned over.
 * @module
 */
import { mix, Random } from '../../shared/fixed/random.js';
import type { Examples } from '../ports/ports.js';

/** One feature in so many is turned over. */
const TURNED = 8;

/** Dark is 0 to SPREAD - 1, bright the same above BRIGHT. */
const SPREAD = 96;
const BRIGHT = 160;

export class SyntheticExamples implements Examples {
  readonly count: number;
  readonly features: number;
  readonly classes: number;
  readonly signed: boolean;
  readonly #seed: number;

  /** @param signed int8 features, the uint8 ones less 128 */
  constructor(count: number, features: number, classes: number, seed: number, signed = false) {
    this.count = count;
    this.features = features;
    this.classes = classes;
    this.signed = signed;
    this.#seed = seed;
  }

  /** The same features and label for the same place and seed, on every engine. */
  read(index: number, out: Uint8Array): number {
    const label = index % this.classes;
    const random = new Random(mix(mix(this.#seed, 1), index));
    for (let f = 0; f < this.features; f++) {
      const pattern = mix(mix(this.#seed, 2), label * this.features + f) & 1;
      const isBright = random.below(TURNED) === 0 ? 1 - pattern : pattern;
      const value = random.below(SPREAD) + (isBright === 1 ? BRIGHT : 0);
      out[f] = this.signed ? value - 128 : value;
    }
    return label;
  }
}
