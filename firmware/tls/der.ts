/**
 * Walks the elements of DER, one after the other, with every length checked. It copies nothing.
 * Source: ITU-T X.690, sections 8 and 10.
 * @module
 */
import { ProtocolError } from '../../shared/protocol/error.js';

export const SEQUENCE = 0x30;
export const INTEGER = 0x02;
export const BIT_STRING = 0x03;
export const OCTET_STRING = 0x04;

export interface Element {
  readonly tag: number;
  readonly whole: Uint8Array; // with tag and length; a view
  readonly content: Uint8Array; // a view
}

export class DerReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isDone(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** The tag of the next element, 0 at the end. */
  get tag(): number {
    return this.#bytes[this.#at] ?? 0;
  }

  /** @throws ProtocolError at the end, when it does not end where it says, or has another tag than `tag` */
  next(tag = this.tag): Element {
    const from = this.#at;
    const found = this.#byte();
    if (found !== tag) throw new ProtocolError('field', `DER tag ${found}, expected ${tag}`);
    const length = this.#length();
    const at = this.#at;
    if (at + length > this.#bytes.length)
      throw new ProtocolError('length', 'DER element, expected all of it');
    this.#at = at + length;
    return {
      tag,
      whole: this.#bytes.subarray(from, this.#at),
      content: this.#bytes.subarray(at, this.#at),
    };
  }

  /** A reader of the next element's content. */
  enter(tag: number): DerReader {
    return new DerReader(this.next(tag).content);
  }

  #byte(): number {
    if (this.isDone) throw new ProtocolError('length', 'DER at its end, expected an element');
    return this.#bytes[this.#at++];
  }

  /** Up to 65,535: longer is nothing that a board takes. */
  #length(): number {
    const first = this.#byte();
    if (first < 0x80) return first;
    if (first === 0x81) return this.#byte();
    if (first !== 0x82)
      throw new ProtocolError('length', 'DER element too long, expected below 65,536 bytes');
    const high = this.#byte();
    return high * 256 + this.#byte();
  }
}

export function isSame(a: Uint8Array, b: ArrayLike<number>): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
