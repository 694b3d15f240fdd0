/**
 * One part of an image on its way to flash. Sectors are erased as its bytes reach them; flash is not
 * touched before the part's opening was judged. A part that comes again begins again.
 * @module
 */
import { ProtocolError } from '../../shared/protocol/error.js';
import type { Firmware } from '../../shared/protocol/firmware.js';
import { continueFrameCrc } from '../../shared/protocol/frame.js';
import {
  decodeImageOpening,
  IMAGE_OPENING_BYTES,
  IMAGE_PART_BYTES,
  imagePartBytes,
} from '../../shared/protocol/image.js';
import type { MessageSink, RawPartition } from '../ports/ports.js';

export class PartSink implements MessageSink {
  readonly #firmware: Firmware;
  readonly #part: number;
  readonly #partition: RawPartition;
  readonly #onWhole: () => void;
  readonly #opening = new Uint8Array(IMAGE_OPENING_BYTES);
  #count = 0; // bytes of the frame
  #erasedTo: number; // offset in the partition
  #expectedCrc = 0;
  #crc = 0;

  /** @param onWhole called once, when flash holds the whole part */
  constructor(firmware: Firmware, part: number, partition: RawPartition, onWhole: () => void) {
    this.#firmware = firmware;
    this.#part = part;
    this.#partition = partition;
    this.#onWhole = onWhole;
    this.#erasedTo = part * IMAGE_PART_BYTES;
  }

  /** @throws ProtocolError when it is not the part */
  write(bytes: Uint8Array): void {
    const missing = Math.min(bytes.length, Math.max(0, IMAGE_OPENING_BYTES - this.#count));
    if (missing > 0) {
      this.#opening.set(bytes.subarray(0, missing), this.#count);
      this.#count += missing;
      if (this.#count < IMAGE_OPENING_BYTES) return;
      this.#judge();
    }
    this.#store(bytes.subarray(missing));
  }

  /** @throws ProtocolError when the part is damaged */
  end(): void {
    if (this.#count !== this.#frameBytes) {
      throw new ProtocolError('length', `image part of ${this.#count} bytes, expected ${this.#frameBytes}`);
    }
    if (this.#crc !== this.#expectedCrc) {
      throw new ProtocolError('checksum', `image part's CRC-32 ${this.#crc}, expected ${this.#expectedCrc}`);
    }
    this.#onWhole();
  }

  get #frameBytes(): number {
    return IMAGE_OPENING_BYTES + imagePartBytes(this.#firmware.imageBytes, this.#part);
  }

  #judge(): void {
    const { version, part, payloadBytes, crc } = decodeImageOpening(this.#opening);
    const expected = this.#firmware.version;
    if (version !== expected || part !== this.#part) {
      throw new ProtocolError('field', `part ${part} of ${version}, expected ${this.#part} of ${expected}`);
    }
    if (IMAGE_OPENING_BYTES + payloadBytes !== this.#frameBytes) {
      throw new ProtocolError(
        'length',
        `part ${part} of ${payloadBytes} bytes, expected ${this.#frameBytes}`,
      );
    }
    this.#expectedCrc = crc;
    this.#crc = continueFrameCrc(0, 0, this.#opening);
  }

  #store(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (this.#count + bytes.length > this.#frameBytes) {
      throw new ProtocolError('length', `image part beyond its ${this.#frameBytes} bytes`);
    }
    const { sectorBytes } = this.#partition;
    const at = this.#part * IMAGE_PART_BYTES + this.#count - IMAGE_OPENING_BYTES;
    for (; this.#erasedTo < at + bytes.length; this.#erasedTo += sectorBytes) {
      this.#partition.erase(this.#erasedTo, sectorBytes);
    }
    this.#partition.write(at, bytes);
    this.#crc = continueFrameCrc(this.#crc, this.#count, bytes);
    this.#count += bytes.length;
  }
}
