/**
 * The two model slots in flash. A download streams to the slot that is not in use; when all of it
 * has arrived and is right, saving one record switches to it. Whatever happens before that, the
 * model held so far stays whole.
 *
 * A delta streams to the start of the slot that is not in use, too. The next model is then made from
 * it and the held model, and written behind it.
 *
 * A board does not compute SHA-256. The plan names a model by hash and by the CRC-32 of its frame; a
 * frame whose header carries that CRC-32, and whose bytes give it, is the planned model.
 * @module
 */
import type { ModelSource } from '../../shared/model/model.js';
import { applyDelta, DELTA_OPENING_BYTES, decodeDeltaHead } from '../../shared/protocol/delta.js';
import { ProtocolError } from '../../shared/protocol/error.js';
import { continueFrameCrc, decodeFrameHeader, FRAME_HEADER_BYTES } from '../../shared/protocol/frame.js';
import { decodeModelHead, MAX_MODEL_HEAD, type ModelName } from '../../shared/protocol/model.js';
import type { Flash } from '../ports/ports.js';
import { Download } from './download.js';
import { decodeRecord, encodeRecord, type ModelRecord } from './record.js';

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
    if (record === undefined || record.offset + record.frameBytes > this.#flash.slotBytes) return;
    const piece = new Uint8Array(CHECK_BYTES);
    let crc = 0;
    for (let at = 0; at < record.frameBytes; at += CHECK_BYTES) {
      const part = piece.subarray(0, Math.min(CHECK_BYTES, record.frameBytes - at));
      this.#flash.read(record.slot, record.offset + at, part);
      crc = continueFrameCrc(crc, at, part);
      yield part.length;
    }
    if (crc === record.crc) this.#adopt(record);
  }

  /**
   * Begins the download of a model; an earlier download that did not finish is lost.
   * @param frameBytes of the whole frame
   * @throws ProtocolError when it cannot fit a slot
   */
  receive(name: ModelName, frameBytes: number): Download {
    this.#expectRoom('model', frameBytes);
    const slot = this.#spare;
    return new Download(this.#flash, {
      kind: 'model',
      slot,
      frameBytes,
      openingBytes: FRAME_HEADER_BYTES,
      judge: (opening) => {
        const { headBytes, payloadBytes, crc } = decodeFrameHeader('model', opening);
        expectLength('model', frameBytes, FRAME_HEADER_BYTES + headBytes + payloadBytes);
        if (crc !== name.crc) {
          throw new ProtocolError('checksum', `model with CRC-32 ${crc}, expected ${name.crc} as planned`);
        }
        return crc;
      },
      onWhole: () => this.#switch({ slot, offset: 0, frameBytes, ...name }),
    });
  }

  /**
   * Begins the download of the delta from the held model to this one. `apply` goes on from there.
   * @param deltaBytes of the whole frame
   * @throws ProtocolError when a slot cannot hold delta and model, or nothing is held
   */
  receiveDelta(name: ModelName, deltaBytes: number): Download {
    const base = this.#expectHeld();
    this.#expectRoom('delta and model', deltaBytes + base.frameBytes);
    return new Download(this.#flash, {
      kind: 'delta',
      slot: this.#spare,
      frameBytes: deltaBytes,
      openingBytes: DELTA_OPENING_BYTES,
      judge: (opening) => {
        const delta = decodeDeltaHead(opening);
        expectLength('delta', deltaBytes, delta.frameBytes);
        expectName('from', delta.base, base);
        expectName('to', delta.next, name);
        return delta.crc;
      },
      onWhole: () => {},
    });
  }

  /**
   * Makes the model from the held one and the delta that was received, and switches to it. Yields work
   * as applyDelta does.
   * @throws ProtocolError when the delta does not give it; the held model stays
   */
  *apply(name: ModelName, deltaBytes: number, sliceMacs: number): Generator<number, void> {
    const flash = this.#flash;
    const base = this.#expectHeld();
    const slot = this.#spare;
    let written = 0;
    yield* applyDelta(
      (offset, out) => flash.read(slot, offset, out),
      (offset, out) => flash.read(base.slot, base.offset + offset, out),
      (piece) => {
        flash.write(slot, deltaBytes + written, piece);
        written += piece.length;
      },
      sliceMacs,
    );
    this.#switch({ slot, offset: deltaBytes, frameBytes: written, ...name });
  }

  /** The slot that is not in use. */
  get #spare(): 0 | 1 {
    return this.#record?.slot === 0 ? 1 : 0;
  }

  #expectHeld(): ModelRecord {
    if (this.#record === undefined) throw new ProtocolError('field', 'delta without a model, expected one');
    return this.#record;
  }

  #expectRoom(what: string, bytes: number): void {
    const { slotBytes } = this.#flash;
    if (bytes <= slotBytes) return;
    throw new ProtocolError('length', `${what} of ${bytes} bytes, expected at most ${slotBytes}: a slot`);
  }

  #switch(record: ModelRecord): void {
    this.#adopt(record);
    this.#flash.saveRecord(encodeRecord(record));
  }

  /** @throws ProtocolError when the slot does not hold a model that this firmware can read */
  #adopt(record: ModelRecord): void {
    const { slot, offset: start, frameBytes, hash, crc } = record;
    const first = new Uint8Array(Math.min(MAX_MODEL_HEAD, frameBytes));
    this.#flash.read(slot, start, first);
    const { head, parameterOffset } = decodeModelHead(first);
    const source: ModelSource = {
      head,
      readParameters: (offset, out) => this.#flash.read(slot, start + parameterOffset + offset, out),
    };
    this.#held = { hash, crc, source };
    this.#record = record;
  }
}

function expectLength(what: string, found: number, expected: number): void {
  if (found === expected) return;
  throw new ProtocolError('length', `${what} frame of ${found} bytes, expected ${expected}`);
}

function expectName(way: string, found: ModelName, expected: ModelName): void {
  if (found.hash === expected.hash && found.crc === expected.crc) return;
  throw new ProtocolError('field', `delta ${way} model ${found.hash}, expected ${expected.hash}`);
}
