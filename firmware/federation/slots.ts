/**
 * The two model slots in flash. A download streams to the slot that is not in use; when all of it
 * has arrived and is right, saving one record switches to it. Whatever happens before that, the
 * model held so far stays whole.
 *
 * A board does not compute SHA-256. The plan names a model by hash and by the CRC-32 of its frame; a
 * frame whose header carries that CRC-32, and whose bytes give it, is the planned model.
 * @module
 */
import type { ModelSource } from '../../shared/model/model.js';
import { ProtocolError } from '../../shared/protocol/error.js';
import { continueFrameCrc, decodeFrameHeader, FRAME_HEADER_BYTES } from '../../shared/protocol/frame.js';
import { decodeModelHead, MAX_MODEL_HEAD, type ModelHash } from '../../shared/protocol/model.js';
import type { Flash } from '../ports/ports.js';
import { decodeRecord, encodeRecord, type ModelRecord } from './record.js';

/** A model as a plan names it. */
export interface ModelName {
  readonly hash: ModelHash;
  readonly crc: number; // uint32
}

export interface HeldModel extends ModelName {
  readonly source: ModelSource; // reads the slot; valid until the next download begins
}

/** Bytes read and summed per pause while the held model is checked: a few milliseconds on a board. */
const CHECK_BYTES = 1024;

export class ModelSlots {
  readonly #flash: Flash;
  #record: ModelRecord | undefined;
  #held: HeldModel | undefined;

  /** Holds nothing before `check` has run. */
  constructor(flash: Flash) {
    this.#flash = flash;
  }

  get held(): HeldModel | undefined {
    return this.#held;
  }

  holds({ hash, crc }: ModelName): boolean {
    return this.#held?.hash === hash && this.#held.crc === crc;
  }

  /**
   * Looks for the model of an earlier life and reads all of it once, in slices. A model that is not
   * what its record says is forgotten. Yields bytes read.
   * @throws ProtocolError when this firmware cannot read it; it is forgotten, too
   */
  *check(): Generator<number, void> {
    const bytes = this.#flash.loadRecord();
    const record = bytes && decodeRecord(bytes);
    if (record === undefined || record.frameBytes > this.#flash.slotBytes) return;
    const piece = new Uint8Array(CHECK_BYTES);
    let crc = 0;
    for (let at = 0; at < record.frameBytes; at += CHECK_BYTES) {
      const part = piece.subarray(0, Math.min(CHECK_BYTES, record.frameBytes - at));
      this.#flash.read(record.slot, at, part);
      crc = continueFrameCrc(crc, at, part);
      yield part.length;
    }
    if (crc === record.crc) this.#adopt(record);
  }

  /**
   * Begins a download; an earlier one that did not finish is lost.
   * @param lengthBytes of the whole frame
   * @throws ProtocolError when it cannot fit a slot
   */
  receive(name: ModelName, lengthBytes: number): Download {
    const { slotBytes } = this.#flash;
    if (lengthBytes > slotBytes) {
      throw new ProtocolError(
        'length',
        `model of ${lengthBytes} bytes, expected at most ${slotBytes}: a slot`,
      );
    }
    const slot = this.#record?.slot === 0 ? 1 : 0;
    return new Download(this.#flash, { slot, frameBytes: lengthBytes, ...name }, (record) => {
      this.#adopt(record);
      this.#flash.saveRecord(encodeRecord(record));
    });
  }

  /** @throws ProtocolError when the slot does not hold a model that this firmware can read */
  #adopt(record: ModelRecord): void {
    const { slot, frameBytes, hash, crc } = record;
    const first = new Uint8Array(Math.min(MAX_MODEL_HEAD, frameBytes));
    this.#flash.read(slot, 0, first);
    const { head, parameterOffset } = decodeModelHead(first);
    const source: ModelSource = {
      head,
      readParameters: (offset, out) => this.#flash.read(slot, parameterOffset + offset, out),
    };
    this.#held = { hash, crc, source };
    this.#record = record;
  }
}

/** A model frame on its way to flash. */
export class Download {
  readonly #flash: Flash;
  readonly #record: ModelRecord;
  readonly #onWhole: (record: ModelRecord) => void;
  readonly #header = new Uint8Array(FRAME_HEADER_BYTES);
  #count = 0; // bytes received
  #crc = 0;

  /** @param onWhole called once, when the slot holds the planned bytes */
  constructor(flash: Flash, record: ModelRecord, onWhole: (record: ModelRecord) => void) {
    this.#flash = flash;
    this.#record = record;
    this.#onWhole = onWhole;
  }

  /** @throws ProtocolError when it is not the planned model; flash is not touched before that is known */
  write(bytes: Uint8Array): void {
    const missing = Math.min(bytes.length, FRAME_HEADER_BYTES - this.#count);
    if (missing > 0) {
      this.#header.set(bytes.subarray(0, missing), this.#count);
      this.#count += missing;
      if (this.#count < FRAME_HEADER_BYTES) return;
      this.#begin();
    }
    this.#store(bytes.subarray(Math.max(0, missing)));
  }

  /** Switches to the downloaded model. @throws ProtocolError when it is damaged; the old one stays */
  finish(): void {
    const { frameBytes, crc } = this.#record;
    if (this.#count !== frameBytes) {
      throw new ProtocolError('length', `model of ${this.#count} bytes, expected ${frameBytes}`);
    }
    if (this.#crc !== crc)
      throw new ProtocolError('checksum', `model's CRC-32 ${this.#crc}, expected ${crc}`);
    this.#onWhole(this.#record);
  }

  #begin(): void {
    const { slot, frameBytes, crc } = this.#record;
    const header = decodeFrameHeader('model', this.#header);
    const expected = FRAME_HEADER_BYTES + header.headBytes + header.payloadBytes;
    if (frameBytes !== expected) {
      throw new ProtocolError('length', `model frame of ${frameBytes} bytes, expected ${expected}`);
    }
    if (header.crc !== crc) {
      throw new ProtocolError('checksum', `model with CRC-32 ${header.crc}, expected ${crc} as planned`);
    }
    this.#flash.erase(slot);
    this.#flash.write(slot, 0, this.#header);
    this.#crc = continueFrameCrc(0, 0, this.#header);
  }

  #store(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (this.#count + bytes.length > this.#record.frameBytes) {
      throw new ProtocolError('length', `model beyond its ${this.#record.frameBytes} bytes`);
    }
    this.#flash.write(this.#record.slot, this.#count, bytes);
    this.#crc = continueFrameCrc(this.#crc, this.#count, bytes);
    this.#count += bytes.length;
  }
}
