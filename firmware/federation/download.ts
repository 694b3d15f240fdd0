/**
 * A frame on its way to a slot of flash, in pieces. Flash is not touched before the frame's first bytes
 * were judged, and nobody uses the frame before all of it was checked.
 * @module
 */
import { ProtocolError } from '../../shared/protocol/error.js';
import { continueFrameCrc } from '../../shared/protocol/frame.js';
import type { Flash } from '../ports/ports.js';

export interface Incoming {
  readonly kind: 'model' | 'delta';
  readonly slot: 0 | 1; // written from its start
  readonly frameBytes: number;
  readonly openingBytes: number; // what `judge` needs to see
  /**
   * Decides whether the frame that begins so is wanted.
   * @returns the CRC-32 that it must have
   * @throws ProtocolError when it is not
   */
  judge(opening: Uint8Array): number;
  /** Called once, when the slot holds the whole frame. */
  onWhole(): void;
}

export class Download {
  readonly #flash: Flash;
  readonly #incoming: Incoming;
  readonly #opening: Uint8Array;
  #count = 0; // bytes received
  #expectedCrc = 0;
  #crc = 0;

  constructor(flash: Flash, incoming: Incoming) {
    this.#flash = flash;
    this.#incoming = incoming;
    this.#opening = new Uint8Array(incoming.openingBytes);
  }

  /** @throws ProtocolError when it is not wanted; flash is not touched before that is known */
  write(bytes: Uint8Array): void {
    const { length } = this.#opening;
    const missing = Math.min(bytes.length, Math.max(0, length - this.#count));
    if (missing > 0) {
      this.#opening.set(bytes.subarray(0, missing), this.#count);
      this.#count += missing;
      if (this.#count < length) return;
      this.#begin();
    }
    this.#store(bytes.subarray(missing));
  }

  /** @throws ProtocolError when the frame is damaged */
  finish(): void {
    const { kind, frameBytes, openingBytes } = this.#incoming;
    if (this.#count !== frameBytes || frameBytes < openingBytes) {
      const expected = Math.max(frameBytes, openingBytes);
      throw new ProtocolError('length', `${kind} of ${this.#count} bytes, expected ${expected}`);
    }
    if (this.#crc !== this.#expectedCrc) {
      throw new ProtocolError('checksum', `${kind}'s CRC-32 ${this.#crc}, expected ${this.#expectedCrc}`);
    }
    this.#incoming.onWhole();
  }

  #begin(): void {
    const { slot } = this.#incoming;
    this.#expectedCrc = this.#incoming.judge(this.#opening);
    this.#flash.erase(slot);
    this.#flash.write(slot, 0, this.#opening);
    this.#crc = continueFrameCrc(0, 0, this.#opening);
  }

  #store(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const { kind, slot, frameBytes } = this.#incoming;
    if (this.#count + bytes.length > frameBytes) {
      throw new ProtocolError('length', `${kind} beyond its ${frameBytes} bytes`);
    }
    this.#flash.write(slot, this.#count, bytes);
    this.#crc = continueFrameCrc(this.#crc, this.#count, bytes);
    this.#count += bytes.length;
  }
}
