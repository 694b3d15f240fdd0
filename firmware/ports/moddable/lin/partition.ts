/**
 * A raw partition in a file, for the Linux build. It outlives the process, not the machine's power.
 * @module
 */
import { File } from 'file';
import type { RawPartition } from '../../ports.js';

const SECTOR_BYTES = 4096;

export class FilePartition implements RawPartition {
  readonly bytes: number;
  readonly sectorBytes = SECTOR_BYTES;
  readonly #file: File;

  constructor(path: string, bytes: number) {
    this.bytes = bytes;
    this.#file = new File(path, true);
    if (this.#file.length !== bytes) this.erase(0, bytes);
  }

  erase(offset: number, bytes: number): void {
    const sector = new Uint8Array(SECTOR_BYTES).fill(0xff);
    for (let at = offset; at < offset + bytes; at += SECTOR_BYTES) this.write(at, sector);
  }

  write(offset: number, bytes: Uint8Array): void {
    this.#file.position = offset;
    this.#file.write(bytes.slice().buffer);
  }

  read(offset: number, out: Uint8Array): void {
    this.#file.position = offset;
    out.set(new Uint8Array(this.#file.read(ArrayBuffer, out.length)));
  }
}
