/**
 * The firmware flash of a board of the SDK's Linux build: a file, which its process changes while it runs.
 * @module
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FirmwareFlash } from '../emulator/bootloader.js';
import { NorChip } from '../emulator/chip.js';

export class StoredChip {
  readonly #path: string;
  readonly #slotBytes: number;

  constructor(folder: string, slotBytes: number) {
    mkdirSync(folder, { recursive: true });
    this.#path = join(folder, 'firmware');
    this.#slotBytes = slotBytes;
  }

  /** A copy of what is in the file now. */
  flash(): FirmwareFlash {
    const bytes = readFileSync(this.#path);
    const chip = new NorChip(bytes.length);
    chip.write(0, bytes);
    return new FirmwareFlash(this.#slotBytes, chip);
  }

  install(image: Uint8Array): void {
    const flash = new FirmwareFlash(this.#slotBytes);
    flash.install(0, image);
    const bytes = new Uint8Array(flash.chip.bytes);
    flash.chip.read(0, bytes);
    writeFileSync(this.#path, bytes);
  }
}
