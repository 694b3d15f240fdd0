/**
 * A binary range coder: a bit costs about as many bits as its probability says. A carry runs back into the
 * bytes that are written already, so no byte has to wait. All numbers stay below 2^25.
 *
 * The bytes are a binary fraction in [0, 1), zeros behind it left out: each bit keeps a part of the range
 * that is left, a 1 the lower part.
 * Source: G. N. N. Martin, "Range encoding: an algorithm for removing redundancy from a digitised
 * message", 1979.
 * @module
 */

/** Probabilities of a 1 are in units of 2^-PROBABILITY_BITS, from 1 to 2^PROBABILITY_BITS - 1. */
export const PROBABILITY_BITS = 12;

const TOP = 1 << 24;
const BOTTOM = 1 << 16;

export class RangeEncoder {
  readonly #bytes: Uint8Array;
  #at = 0;
  #low = 0; // below TOP
  #range = TOP - 1; // BOTTOM and above

  /** @param bytes overwritten; what does not fit is lost */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** There were more bytes than fit. */
  get isFull(): boolean {
    return this.#at > this.#bytes.length;
  }

  encode(bit: number, probability: number): void {
    const ones = (this.#range >> PROBABILITY_BITS) * probability;
    if (bit === 1) this.#range = ones;
    else {
      this.#range -= ones;
      this.#add(ones);
    }
    for (; this.#range < BOTTOM; this.#range <<= 8) this.#shift();
  }

  /** @returns how many bytes there are, unless it is full */
  finish(): number {
    this.#add(BOTTOM - 1); // the number of the range that ends in the most zeros is the shortest
    this.#shift();
    let length = Math.min(this.#at, this.#bytes.length);
    while (length > 0 && this.#bytes[length - 1] === 0) length--;
    return length;
  }

  #add(part: number): void {
    this.#low += part;
    if (this.#low < TOP) return;
    this.#low -= TOP;
    let at = this.#at - 1;
    for (; this.#bytes[at] === 0xff; at--) this.#bytes[at] = 0;
    this.#bytes[at]++;
  }

  #shift(): void {
    this.#bytes[this.#at++] = this.#low >> 16;
    this.#low = (this.#low << 8) & (TOP - 1);
  }
}

export class RangeDecoder {
  readonly #bytes: Uint8Array;
  #at = 0;
  #code = 0; // below range
  #range = TOP - 1;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    for (let i = 0; i < 3; i++) this.#shift();
  }

  /** Whether the bytes could end here: none is left over, and the last is not 0. */
  get isAtEnd(): boolean {
    const { length } = this.#bytes;
    return length <= this.#at - 2 && (length === 0 || this.#bytes[length - 1] !== 0);
  }

  /** @returns 0 or 1; beyond the end of the bytes come zeros */
  decode(probability: number): number {
    const ones = (this.#range >> PROBABILITY_BITS) * probability;
    const bit = this.#code < ones ? 1 : 0;
    if (bit === 1) this.#range = ones;
    else {
      this.#range -= ones;
      this.#code -= ones;
    }
    for (; this.#range < BOTTOM; this.#range <<= 8) this.#shift();
    return bit;
  }

  #shift(): void {
    const byte = this.#at < this.#bytes.length ? this.#bytes[this.#at] : 0;
    this.#at++;
    this.#code = ((this.#code << 8) | byte) & (TOP - 1);
  }
}
