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
/** What a place costs beside its bytes, in bytes summed: 20 to 45 on desktop XS, and two answers of flash. */
const PLACE_BYTES = 128;

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
  /** Place for the next one; a sector's first one means that it is still to be erased. Undefined before `check`. */
  #next: number | undefined;

  /**
   * Holds nothing, and takes nothing, before `check` has run.
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
  }

  get count(): number {
    return this.#count;
  }

  /**
   * Looks for the items of an earlier life, and reads each once. Until the end nothing is held. Yields the work since
   * the last yield in bytes read: an item and `PLACE_BYTES` at most.
   */
  *check(): Generator<number, void> {
    const piece = new Uint8Array(Math.min(PIECE_BYTES, this.itemBytes));
    let count = 0;
    let older = 0; // of these, up to the end of the newest item's sector: the next sector has the oldest
    let newest = 0;
    let next = 0;
    let sectorEnd = 0;
    for (let place = 0; place < this.capacity; place++) {
      const number = this.#numberIn(place);
      const isWhole = number !== 0 && this.#isWhole(place, piece);
      if (isWhole) {
        this.#places[count++] = place;
        if (number > newest) {
          newest = number;
          next = place + 1;
          sectorEnd = Math.ceil(next / this.#perSector) * this.#perSector;
        }
        if (place < sectorEnd) older = count;
      }
      yield number === 0 ? PLACE_BYTES : PLACE_BYTES + this.itemBytes;
    }
    const oldest = this.#places.slice(older, count);
    this.#places.copyWithin(oldest.length, 0, older);
    this.#places.set(oldest);
    this.#count = count;
    this.#newest = newest;
    this.#next = next % this.capacity;
  }

  /** @param index 0 = the oldest */
  read(index: number, out: Uint8Array): void {
    if (!(index >= 0 && index < this.#count))
      throw new RangeError(`item ${index}, expected 0 to ${this.#count - 1}`);
    this.#partition.read(this.#offset(this.#places[index]) + HEADER_BYTES, out.subarray(0, this.itemBytes));
  }

  /** Adds an item; in a full ring the oldest sector goes first. @throws RangeError before `check` has run */
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
    if (this.#next === undefined)
      throw new RangeError('item for a ring not read yet, expected its check first');
    for (let place = this.#next; ; place = (place + 1) % this.capacity) {
      if (place % this.#perSector === 0) {
        this.#clean(place / this.#perSector);
        return place;
      }
      if (this.#isBlank(place)) return place;
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

  /** The number that the header has; 0 where there is no item. Its bytes stay in `#header`. */
  #numberIn(place: number): number {
    this.#partition.read(this.#offset(place), this.#header);
    const number = new DataView(this.#header.buffer).getUint32(0, true);
    return number === 0xffff_ffff ? 0 : number;
  }

  /** Whether the item whose header was just read is as it was written. @param piece for its bytes */
  #isWhole(place: number, piece: Uint8Array): boolean {
    const offset = this.#offset(place) + HEADER_BYTES;
    let crc = crc32Update(0, this.#header.subarray(0, 4));
    for (let at = 0; at < this.itemBytes; at += piece.length) {
      const part = piece.subarray(0, Math.min(piece.length, this.itemBytes - at));
      this.#partition.read(offset + at, part);
      crc = crc32Update(crc, part);
    }
    return crc === new DataView(this.#header.buffer).getUint32(4, true);
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
