/**
 * The server's answer to a board that enrolled, on its way to flash. Flash is not touched before its opening was
 * judged, and the shard is not used before all of it was checked.
 * @module
 */
import { ProtocolError } from '../../shared/protocol/error.js';
import { continueFrameCrc } from '../../shared/protocol/frame.js';
import { decodeShardOpening, SHARD_OPENING_BYTES, type ShardOpening } from '../../shared/protocol/shard.js';
import type { ShardExamples } from '../data/shard.js';
import type { MessageSink } from '../ports/ports.js';

export interface ShardSinkOptions {
  readonly device: string;
  readonly deal: number; // that was asked for
  readonly shard: ShardExamples;
  /** It is the part; the old examples are gone. */
  onBegun(): void;
  /** All of it came, and is what its server sent; or a refusal did. */
  onWhole(answer: ShardOpening): void;
}

export class ShardSink implements MessageSink {
  readonly #options: ShardSinkOptions;
  readonly #first = new Uint8Array(SHARD_OPENING_BYTES);
  #opening: ShardOpening | undefined;
  #count = 0; // bytes received
  #crc = 0;

  constructor(options: ShardSinkOptions) {
    this.#options = options;
  }

  /** @throws ProtocolError when it is not the answer */
  write(bytes: Uint8Array): void {
    const missing = Math.min(bytes.length, Math.max(0, SHARD_OPENING_BYTES - this.#count));
    if (missing > 0) {
      this.#first.set(bytes.subarray(0, missing), this.#count);
      this.#count += missing;
      if (this.#count < SHARD_OPENING_BYTES) return;
      this.#opening = this.#judged();
    }
    if (bytes.length > missing) this.#store(bytes.subarray(missing));
  }

  /** @throws ProtocolError when it is damaged */
  end(): void {
    const opening = this.#opening;
    if (opening === undefined || this.#count !== opening.frameBytes) {
      const expected = opening?.frameBytes ?? SHARD_OPENING_BYTES;
      throw new ProtocolError('length', `shard of ${this.#count} bytes, expected ${expected}`);
    }
    if (this.#crc !== opening.frameCrc) {
      throw new ProtocolError('checksum', `shard's CRC-32 ${this.#crc}, expected ${opening.frameCrc}`);
    }
    this.#options.onWhole(opening);
  }

  #judged(): ShardOpening {
    const { device, deal, shard, onBegun } = this.#options;
    const opening = decodeShardOpening(this.#first, device);
    if (opening.deal !== deal) {
      throw new ProtocolError('field', `shard of deal ${opening.deal}, expected ${deal}`);
    }
    this.#crc = continueFrameCrc(0, 0, this.#first);
    if (opening.outcome !== 'dealt') return opening;
    if (opening.bytes > shard.roomBytes) {
      throw new ProtocolError(
        'length',
        `shard of ${opening.bytes} bytes, expected at most ${shard.roomBytes}`,
      );
    }
    shard.begin();
    onBegun();
    return opening;
  }

  #store(bytes: Uint8Array): void {
    if (this.#opening === undefined || this.#count + bytes.length > this.#opening.frameBytes) {
      throw new ProtocolError('length', `shard beyond its ${this.#opening?.frameBytes} bytes`);
    }
    this.#options.shard.write(bytes);
    this.#crc = continueFrameCrc(this.#crc, this.#count, bytes);
    this.#count += bytes.length;
  }
}
