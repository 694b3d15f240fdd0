/**
 * The flash that an emulated board's firmware lies in, and the boot loader that starts it, as the ESP32's:
 * it reads the choice from two sectors, starts the chosen image if it is whole, else the other one. An image
 * is a version and bytes that end in their SHA-256; what runs is always the firmware of this process.
 * @module
 */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { regionOf } from '../../firmware/flash/region.js';
import type { FirmwareHost, RawPartition } from '../../firmware/ports/ports.js';
import { Random } from '../../shared/fixed/random.js';
import { NODE_CRYPTO } from '../firmware/signature.js';
import { NorChip, SECTOR_BYTES } from './chip.js';

export type Slot = 0 | 1;

/** What the boot loader started. */
export interface Booted {
  readonly slot: Slot;
  readonly version: number;
}

const HASH_BYTES = 32;
const HEADER_BYTES = 8; // version and length of the whole image, uint32 each
const PAIR_BYTES = 2 * SECTOR_BYTES;

/** What a board needs to be updated. */
export interface Updatable {
  readonly flash: FirmwareFlash;
  readonly target: string;
  readonly key: Uint8Array; // public key of the firmware's maker
}

/** Power on: the port of the firmware that the boot loader starts. @throws Error on a dead board */
export function bootHost({ flash, target, key }: Updatable, restart: () => void): FirmwareHost {
  const booted = flash.boot();
  if (booted === undefined) throw new Error('board without whole firmware, expected one in either slot');
  return flash.host(booted, { target, key, restart });
}

/** An image that the boot loader takes for whole. @param bytes of all of it, 40 or more */
export function makeImage(version: number, bytes: number): Uint8Array {
  const random = new Random(version);
  const image = Uint8Array.from({ length: bytes }, () => random.below(256));
  const view = new DataView(image.buffer);
  view.setUint32(0, version, true);
  view.setUint32(4, bytes, true);
  image.set(hashOf(image), bytes - HASH_BYTES);
  return image;
}

export class FirmwareFlash {
  /** All of it: choice, trial, both slots. */
  readonly chip: NorChip;
  readonly #choice: RawPartition;
  readonly #trial: RawPartition;
  readonly #slots: readonly [RawPartition, RawPartition];

  /** @param slotBytes whole sectors @param chip one from before, else a new one */
  constructor(slotBytes: number, chip = new NorChip(2 * PAIR_BYTES + 2 * slotBytes)) {
    this.chip = chip;
    this.#choice = regionOf(chip, 0, PAIR_BYTES);
    this.#trial = regionOf(chip, PAIR_BYTES, PAIR_BYTES);
    const slotAt = (slot: Slot) => regionOf(chip, 2 * PAIR_BYTES + slot * slotBytes, slotBytes);
    this.#slots = [slotAt(0), slotAt(1)];
  }

  /** As a cable does. */
  install(slot: Slot, image: Uint8Array): void {
    const partition = this.#slots[slot];
    partition.erase(0, partition.bytes);
    partition.write(0, image);
  }

  /** Power on. @returns undefined when neither slot holds a whole image: a dead board */
  boot(): Booted | undefined {
    const first = this.#chosen();
    for (const slot of [first, first === 0 ? 1 : 0] as const) {
      const version = versionIn(this.#slots[slot]);
      if (version !== undefined) return { slot, version };
    }
    return undefined;
  }

  /** The port of the firmware that was started. */
  host(
    { slot, version }: Booted,
    options: { readonly target: string; readonly key: Uint8Array; restart(): void },
  ): FirmwareHost {
    return {
      ...options,
      version,
      running: slot,
      spare: this.#slots[slot === 0 ? 1 : 0],
      choice: this.#choice,
      trial: this.#trial,
      crypto: NODE_CRYPTO,
    };
  }

  #chosen(): Slot {
    const numbers = [0, 1].map((sector) => {
      const entry = Buffer.alloc(32);
      this.#choice.read(sector * SECTOR_BYTES, entry);
      const isValid = crc32(entry.subarray(0, 4), 0xffff_ffff) === entry.readUInt32LE(28);
      const number = entry.readUInt32LE(0);
      return isValid && number !== 0xffff_ffff ? number : 0;
    });
    const newest = Math.max(...numbers);
    return newest === 0 || newest % 2 === 1 ? 0 : 1;
  }
}

function versionIn(slot: RawPartition): number | undefined {
  const header = Buffer.alloc(HEADER_BYTES);
  slot.read(0, header);
  const bytes = header.readUInt32LE(4);
  if (bytes < HEADER_BYTES + HASH_BYTES || bytes > slot.bytes) return undefined;
  const image = new Uint8Array(bytes);
  slot.read(0, image);
  const isWhole = Buffer.from(image.subarray(bytes - HASH_BYTES)).equals(hashOf(image));
  return isWhole ? header.readUInt32LE(0) : undefined;
}

function hashOf(image: Uint8Array): Buffer {
  return createHash('sha256')
    .update(image.subarray(0, image.length - HASH_BYTES))
    .digest();
}
