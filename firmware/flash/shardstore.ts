/**
 * One shard in a partition of its own: `shared/protocol/shardimage.ts` has the format. A new one takes the
 * place of the old one, since there is seldom room for two; power loss at any moment leaves the old one, none, or
 * the new one, always whole. Knows nothing of what is in the file.
 * @module
 */
import { crc32Update } from '../../shared/protocol/crc32.js';
import {
  decodeShardImage,
  encodeShardImage,
  IMAGE_HEADER_BYTES,
  type ShardImage,
} from '../../shared/protocol/shardimage.js';
import type { RawPartition } from '../ports/ports.js';

/** Bytes read and summed per pause. */
const CHECK_BYTES = 1024;

export class ShardStore {
  /** Of the longest file. */
  readonly roomBytes: number;
  readonly #partition: RawPartition;
  #held: ShardImage | undefined;
  #written = 0; // of the file on its way
  #erasedTo = 0; // offset in the partition

  /** Holds nothing before `check` has run. */
  constructor(partition: RawPartition) {
    this.#partition = partition;
    this.roomBytes = partition.bytes - IMAGE_HEADER_BYTES;
  }

  get held(): ShardImage | undefined {
    return this.#held;
  }

  /** Looks for the shard of an earlier life, or of who flashed it, and reads all of it once. Yields bytes read. */
  *check(): Generator<number, void> {
    const header = new Uint8Array(IMAGE_HEADER_BYTES);
    this.#partition.read(0, header);
    const image = decodeShardImage(header);
    if (image === undefined || image.bytes > this.roomBytes) return;
    if ((yield* this.#crcOf(image.bytes)) === image.crc) this.#held = image;
  }

  /** A new file begins; the old one is gone from now on. */
  begin(): void {
    const { sectorBytes } = this.#partition;
    this.#held = undefined;
    this.#partition.erase(0, sectorBytes);
    this.#erasedTo = sectorBytes;
    this.#written = 0;
  }

  /** The next bytes of the file; sectors are erased as they reach them. @throws RangeError beyond the partition */
  write(bytes: Uint8Array): void {
    const { sectorBytes } = this.#partition;
    const at = IMAGE_HEADER_BYTES + this.#written;
    for (; this.#erasedTo < at + bytes.length; this.#erasedTo += sectorBytes) {
      this.#partition.erase(this.#erasedTo, sectorBytes);
    }
    this.#partition.write(at, bytes);
    this.#written += bytes.length;
  }

  /**
   * Reads the file back, and makes it the shard when it is what it should be. Yields bytes read.
   * @throws Error when flash does not hold it
   */
  *seal(image: ShardImage): Generator<number, void> {
    const crc = yield* this.#crcOf(image.bytes);
    if (this.#written !== image.bytes || crc !== image.crc) {
      throw new Error(`shard with CRC-32 ${crc} in flash, expected ${image.crc}`);
    }
    this.#partition.write(0, encodeShardImage(image));
    this.#held = image;
  }

  /** Any bytes of the file. */
  read(offset: number, out: Uint8Array): void {
    this.#partition.read(IMAGE_HEADER_BYTES + offset, out);
  }

  *#crcOf(bytes: number): Generator<number, number> {
    const piece = new Uint8Array(CHECK_BYTES);
    let crc = 0;
    for (let at = 0; at < bytes; at += CHECK_BYTES) {
      const part = piece.subarray(0, Math.min(CHECK_BYTES, bytes - at));
      this.read(at, part);
      crc = crc32Update(crc, part);
      yield part.length;
    }
    return crc;
  }
}
