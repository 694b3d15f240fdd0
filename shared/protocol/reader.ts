/**
 * What typed-binary reads fields from: a view of bytes, and nothing beside it. Its own reader needs a copy
 * of them, since it would read on beyond a view, and costs more to make than a head costs to read.
 * @module
 */
import type { ISerialInput } from 'typed-binary';

/** Where fields are copied to: a typed array. */
type Slice = Parameters<ISerialInput['readSlice']>[0];

/** Little-endian. Every read throws RangeError beyond the end. */
export class FieldReader implements ISerialInput {
  readonly endianness = 'little';
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get currentByteOffset(): number {
    return this.#at;
  }

  seekTo(offset: number): void {
    this.#at = offset;
  }

  skipBytes(count: number): void {
    this.#at += count;
  }

  readBool(): boolean {
    return this.readUint8() !== 0;
  }

  readByte(): number {
    return this.readUint8();
  }

  readUint8(): number {
    return this.#view.getUint8(this.#step(1));
  }

  readInt8(): number {
    return this.#view.getInt8(this.#step(1));
  }

  readUint16(): number {
    return this.#view.getUint16(this.#step(2), true);
  }

  readInt16(): number {
    return this.#view.getInt16(this.#step(2), true);
  }

  readUint32(): number {
    return this.#view.getUint32(this.#step(4), true);
  }

  readInt32(): number {
    return this.#view.getInt32(this.#step(4), true);
  }

  readFloat32(): number {
    return this.#view.getFloat32(this.#step(4), true);
  }

  /** No frame has one. */
  readFloat16(): number {
    throw new TypeError('field of float16, expected an integer');
  }

  /** No frame has one: its length would come from the wire. */
  readString(): string {
    throw new TypeError('field of text, expected a number');
  }

  /** Copies an array of the schema's own length, as it lies in the bytes. */
  readSlice(out: Slice, offset: number, byteLength: number): void {
    const from = this.#step(byteLength);
    const slice = this.#bytes.subarray(from, this.#at);
    if (slice.length < byteLength) throw new RangeError(`${slice.length} bytes, expected ${byteLength}`);
    new Uint8Array(out.buffer, out.byteOffset + offset, byteLength).set(slice);
  }

  /** @returns where the next `count` bytes begin */
  #step(count: number): number {
    const at = this.#at;
    this.#at += count;
    return at;
  }
}
