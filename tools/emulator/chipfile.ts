/**
 * A raw flash partition in a file. It outlives the process, not the host's power.
 * @module
 */
import { closeSync, existsSync, openSync, readSync, statSync, writeFileSync, writeSync } from 'node:fs';
import type { RawPartition } from '../../firmware/ports/ports.js';
import { SECTOR_BYTES } from './chip.js';

/** What the partition table of a 4 MB board leaves for models: two slots of half a megabyte, and the record. */
export const PARTITION_BYTES = 1024 * 1024;

export class ChipFile implements RawPartition {
  readonly bytes: number;
  readonly sectorBytes = SECTOR_BYTES;
  readonly #path: string;

  /** Makes the file, erased, where there is none. @throws RangeError when there is one of another length */
  constructor(path: string, bytes = PARTITION_BYTES) {
    this.bytes = bytes;
    this.#path = path;
    if (!existsSync(path)) writeFileSync(path, new Uint8Array(bytes).fill(0xff));
    const { size } = statSync(path);
    if (size !== bytes) throw new RangeError(`${path} of ${size} bytes, expected ${bytes}`);
  }

  erase(offset: number, bytes: number): void {
    this.#put(offset, new Uint8Array(bytes).fill(0xff));
  }

  write(offset: number, bytes: Uint8Array): void {
    const old = new Uint8Array(bytes.length);
    this.read(offset, old);
    const wrong = bytes.findIndex((byte, i) => (byte & old[i]) !== byte);
    if (wrong >= 0) throw new RangeError(`write at ${offset + wrong}, expected an erased byte`);
    this.#put(offset, bytes);
  }

  read(offset: number, out: Uint8Array): void {
    this.#check(offset, out.length);
    this.#with('r', (file) => readSync(file, out, 0, out.length, offset));
  }

  #put(offset: number, bytes: Uint8Array): void {
    this.#check(offset, bytes.length);
    this.#with('r+', (file) => writeSync(file, bytes, 0, bytes.length, offset));
  }

  #with(mode: 'r' | 'r+', use: (file: number) => void): void {
    const file = openSync(this.#path, mode);
    try {
      use(file);
    } finally {
      closeSync(file);
    }
  }

  #check(offset: number, bytes: number): void {
    if (offset >= 0 && offset + bytes <= this.bytes) return;
    throw new RangeError(`flash ${offset} to ${offset + bytes}, expected 0 to ${this.bytes}`);
  }
}
