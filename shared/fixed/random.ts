/**
 * Seeded random numbers in integer arithmetic, the same on every engine. For example order,
 * initial weights, partitions and the noise of a round; not for secrets.
 *
 * The generator is xorshift32 (Marsaglia 2003, shifts 13, 17, 5) over a mixed seed. `mix` is the
 * 32-bit finaliser of MurmurHash3 (Appleby, public domain) applied once per value.
 * @module
 */

export class Random {
  #state: number;

  /** @param seed any int32 or uint32; equal seeds give equal sequences */
  constructor(seed: number) {
    this.#state = stateOf(seed);
  }

  /** An int32, not 0: a kernel that draws goes on from here, and gives back where it ended. */
  get state(): number {
    return this.#state;
  }

  set state(state: number) {
    this.#state = state;
  }

  /** The next uniform uint32. */
  next(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return x >>> 0;
  }

  /**
   * Uniform in 0 to n - 1.
   * @param n 1 to 2^16: the product with 16 random bits stays in 32 bits; larger n, up to 2^31,
   *   take two draws and a remainder, biased by less than n / 2^48
   */
  below(n: number): number {
    if (n <= 65536) return Math.floor(((this.next() >>> 16) * n) / 65536);
    return ((this.next() >>> 16) * 4294967296 + this.next()) % n;
  }
}

/** Where the generator begins. @returns int32, not 0: xorshift would stay there */
export function stateOf(seed: number): number {
  return scramble(0x5eed, seed) || 1;
}

/**
 * Folds a value into a hash: a seed for each (task, device, round, attempt) is a chain of these.
 * @returns uint32
 */
export function mix(hash: number, value: number): number {
  return scramble(hash, value) >>> 0;
}

/**
 * The same as an int32, for kernels.
 * @param hash  any int32 or uint32
 * @param value any int32 or uint32
 */
export function scramble(hash: number, value: number): number {
  // the factors of MurmurHash3, and 2^32 / golden ratio, as int32
  let h = Math.imul(hash ^ value, -1640531535) ^ hash;
  h ^= h >>> 16;
  h = Math.imul(h, -2048144789);
  h ^= h >>> 13;
  h = Math.imul(h, -1028477387);
  h ^= h >>> 16;
  return h;
}
