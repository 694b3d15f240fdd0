/**
 * Items of one size in NOR flash, the newest ones: when all sectors are full the oldest sector is erased. A
 * torn item is none; power loss costs the item being written, or the oldest sector that was to go
 * anyway. Every sector is erased once per turn.
 *
 * An item, little-endian: number (uint32, from 1), CRC-32 of number and bytes (uint32), the bytes; rounded up to 4.
 * @module
 */
import { crc32Update } from '../../shared/protocol/crc32.js';
import type { RawPartition } from '../ports/ports.js';

const HEADER_BYTES = 8;
const ERASED = 0xff;
/** Read at a time where nobody wants the bytes. */
const PIECE_BYTES = 256;

export class Ring {
  readonly itemBytes: number;
  readonly capacity: number; // items, when no sector waits to be filled again
  readonly #partition: RawPartition;
  readonly #strideBytes: number;
  readonly #perSector: number;
  readonly #header = new Uint8Array(HEADER_BYTES);
  /** Place of each item, oldest first: sector · perSector + place within. */
  readonly #places: Uint16Array;
  #count = 0;
  #newest = 0; // number of the newest item
  #next: number; // place for the next one; a sector's first one means that it is still to be erased

  /**
   * Reads every item once.
   * @throws RangeError when an item does not fit a sector, there are fewer than two sectors, or too many places
   */
  constructor(partition: RawPartition, itemBytes: number) {
    const { bytes, sectorBytes } = partition;
    this.itemBytes = itemBytes;
    this.#partition = partition;
    this.#strideBytes = HEADER_BYTES + Math.ceil(itemBytes / 4) * 4;
    this.#perSector = Math.floor(sectorBytes / this.#strideBytes);
    this.capacity = (bytes / sectorBytes) * this.#perSector;
    if (this.#perSector < 1) throw new RangeError(`item of ${itemBytes} bytes, expected it to fit a sector`);
    if (bytes < 2 * sectorBytes) throw new RangeError(`ring of ${bytes} bytes, expected two sectors or more`);
    if (this.capacity > 65535) throw new RangeError(`ring of ${this.capacity} items, expected at most 65535`);
    this.#places = new Uint16Array(this.capacity);
    this.#next = this.#find();
  }

  get count(): number {
    return this.#count;
  }

  /** @param index 0 = the oldest */
  read(index: number, out: Uint8Array): void {
    if (!(index >= 0 && index < this.#count))
      throw new RangeError(`item ${index}, expected 0 to ${this.#count - 1}`);
    this.#partition.read(this.#offset(this.#places[index]) + HEADER_BYTES, out.subarray(0, this.itemBytes));
  }

  /** Adds an item; in a full ring the oldest sector goes first. */
  append(item: Uint8Array): void {
    if (item.length !== this.itemBytes) {
      throw new RangeError(`item of ${item.length} bytes, expected ${this.itemBytes}`);
    }
    const place = this.#blankPlace();
    const bytes = new Uint8Array(HEADER_BYTES + item.length);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, this.#newest + 1, true);
    view.setUint32(4, crc32Update(crc32Update(0, bytes.subarray(0, 4)), item), true);
    bytes.set(item, HEADER_BYTES);
    this.#next = (place + 1) % this.capacity;
    this.#partition.write(this.#offset(place), bytes);
    this.#newest += 1;
    this.#places[this.#count++] = place;
  }

  /** Forgets all items. */
  clear(): void {
    this.#partition.erase(0, this.#partition.bytes);
    this.#count = 0;
    this.#newest = 0;
    this.#next = 0;
  }

  #blankPlace(): number {
    for (;;) {
      if (this.#next % this.#perSector === 0) {
        this.#clean(this.#next / this.#perSector);
        return this.#next;
      }
      if (this.#isBlank(this.#next)) return this.#next;
      this.#next = (this.#next + 1) % this.capacity;
    }
  }

  /** Erases a sector; its items are the oldest. */
  #clean(sector: number): void {
    const { sectorBytes } = this.#partition;
    let gone = 0;
    while (gone < this.#count && Math.floor(this.#places[gone] / this.#perSector) === sector) gone++;
    this.#places.copyWithin(0, gone, this.#count);
    this.#count -= gone;
    this.#partition.erase(sector * sectorBytes, sectorBytes);
  }

  /** Fills `#places`. @returns the place for the next item */
  #find(): number {
    const numbers = new Uint32Array(this.capacity);
    let newest = -1;
    for (let place = 0; place < this.capacity; place++) {
      numbers[place] = this.#numberAt(place);
      if (numbers[place] > this.#newest) {
        this.#newest = numbers[place];
        newest = place;
      }
    }
    if (newest < 0) return 0;
    const firstAfter = (Math.floor(newest / this.#perSector) + 1) * this.#perSector; // the oldest sector
    for (let i = 0; i < this.capacity; i++) {
      const place = (firstAfter + i) % this.capacity;
      if (numbers[place] > 0) this.#places[this.#count++] = place;
    }
    return (newest + 1) % this.capacity;
  }

  /** 0 where there is no whole item. */
  #numberAt(place: number): number {
    const offset = this.#offset(place);
    this.#partition.read(offset, this.#header);
    const view = new DataView(this.#header.buffer);
    const number = view.getUint32(0, true);
    if (number === 0 || number === 0xffff_ffff) return 0;
    let crc = crc32Update(0, this.#header.subarray(0, 4));
    const piece = new Uint8Array(PIECE_BYTES);
    for (let at = 0; at < this.itemBytes; at += PIECE_BYTES) {
      const part = piece.subarray(0, Math.min(PIECE_BYTES, this.itemBytes - at));
      this.#partition.read(offset + HEADER_BYTES + at, part);
      crc = crc32Update(crc, part);
    }
    return crc === view.getUint32(4, true) ? number : 0;
  }

  #isBlank(place: number): boolean {
    const bytes = new Uint8Array(this.#strideBytes);
    this.#partition.read(this.#offset(place), bytes);
    return bytes.every((byte) => byte === ERASED);
  }

  #offset(place: number): number {
    const sector = Math.floor(place / this.#perSector);
    return sector * this.#partition.sectorBytes + (place % this.#perSector) * this.#strideBytes;
  }
}
