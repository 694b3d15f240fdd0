/**
 * Stands for the serial port that the SDK puts into `device.Serial.default`: a person types at the
 * emulator's. The board's words go through `trace`.
 * Source of the interface: ECMA-419, serial class.
 * @module
 */
import { FROM_BOARD } from './kinds.js';
import { machine } from './machine.js';

interface Options {
  readonly baud: number;
  readonly format?: 'number' | 'buffer';
  readonly target?: unknown;
  readonly onReadable?: (this: Serial, bytes: number) => void;
}

export class Serial {
  readonly target: unknown;
  readonly format: 'number' | 'buffer';
  readonly #handle: number;
  #inFrame = 0;

  constructor({ format = 'number', target, onReadable }: Options) {
    this.target = target;
    this.format = format;
    this.#handle = machine().handle(() => {
      this.#inFrame = machine().host.integer();
      onReadable?.call(this, this.#inFrame);
      this.#inFrame = 0;
    });
    machine().host.send(FROM_BOARD.serial, this.#handle);
  }

  /** All that was typed, or in the format `number` the next byte. */
  read(): number | ArrayBuffer | undefined {
    if (this.#inFrame === 0) return undefined;
    const bytes = new Uint8Array(this.format === 'number' ? 1 : this.#inFrame);
    machine().host.copy(bytes);
    this.#inFrame -= bytes.length;
    return this.format === 'number' ? bytes[0] : bytes.buffer;
  }

  close(): void {
    machine().forget(this.#handle);
  }
}
