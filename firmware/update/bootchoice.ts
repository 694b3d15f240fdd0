/**
 * The boot loader's choice between two firmware slots: the ESP32's `otadata`, two sectors with an entry
 * each. The valid entry with the higher number counts, and names slot (number - 1) mod 2. A new choice goes
 * to the other sector, so power loss leaves the old one.
 *
 * An entry, little-endian, 32 bytes: number (uint32, not 0xffffffff), 20 bytes label, state (uint32; 3 and 4 are
 * entries that the boot loader gave up), CRC-32 of the number's four bytes, continued from 0xffffffff.
 * Source: ESP-IDF, `esp_flash_partitions.h` (esp_ota_select_entry_t) and its `otatool.py`.
 * @module
 */
import { frozen } from '../../shared/fixed/frozen.js';
import { crc32Update } from '../../shared/protocol/crc32.js';
import type { RawPartition } from '../ports/ports.js';

const SECTORS = 2;
const ENTRY_BYTES = 32;
const STATE_OFFSET = 24;
const CRC_OFFSET = 28;
const NO_NUMBER = 0xffff_ffff;
const NO_STATE = 0xffff_ffff;
const GIVEN_UP: readonly number[] = frozen([3, 4]);

interface Entry {
  readonly sector: number;
  readonly number: number;
}

export class BootChoice {
  readonly #partition: RawPartition;

  /** @throws RangeError unless it is two sectors */
  constructor(partition: RawPartition) {
    if (partition.bytes !== SECTORS * partition.sectorBytes) {
      throw new RangeError(`boot choice of ${partition.bytes} bytes, expected two sectors`);
    }
    this.#partition = partition;
  }

  /** The slot that the boot loader tries first; undefined when nothing was chosen yet: it takes slot 0. */
  get slot(): 0 | 1 | undefined {
    const newest = this.#newest();
    return newest && slotOf(newest.number);
  }

  /** @throws Error when the flash does not keep the choice; the old one holds */
  select(slot: 0 | 1): void {
    const newest = this.#newest();
    if (newest !== undefined && slotOf(newest.number) === slot) return;
    const { sectorBytes } = this.#partition;
    const number = newest === undefined ? slot + 1 : newest.number + 1;
    const sector = newest?.sector === 0 ? 1 : 0;
    this.#partition.erase(sector * sectorBytes, sectorBytes);
    this.#partition.write(sector * sectorBytes, encode(number));
    if (this.slot !== slot) throw new Error(`boot choice ${this.slot}, expected ${slot}: worn flash`);
  }

  #newest(): Entry | undefined {
    const [a, b] = [this.#read(0), this.#read(1)];
    if (a === undefined || b === undefined) return a ?? b;
    return a.number > b.number ? a : b;
  }

  #read(sector: number): Entry | undefined {
    const bytes = new Uint8Array(ENTRY_BYTES);
    this.#partition.read(sector * this.#partition.sectorBytes, bytes);
    const view = new DataView(bytes.buffer);
    const number = view.getUint32(0, true);
    if (number === NO_NUMBER || number === 0 || GIVEN_UP.includes(view.getUint32(STATE_OFFSET, true))) return;
    return view.getUint32(CRC_OFFSET, true) === checksum(bytes) ? { sector, number } : undefined;
  }
}

function slotOf(number: number): 0 | 1 {
  return number % 2 === 1 ? 0 : 1;
}

function encode(number: number): Uint8Array {
  const bytes = new Uint8Array(ENTRY_BYTES).fill(0xff);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, number, true);
  view.setUint32(STATE_OFFSET, NO_STATE, true);
  view.setUint32(CRC_OFFSET, checksum(bytes), true);
  return bytes;
}

function checksum(entry: Uint8Array): number {
  return crc32Update(NO_NUMBER, entry.subarray(0, 4));
}
