/**
 * One small record in NOR flash, replaced in one step: after power loss at any moment it is the old
 * one or the new one. Each save appends an entry; when a sector is full the next one is erased and
 * goes on, never the one with the newest entry. So every sector wears alike, and a sector is erased
 * once in (entries per sector · sectors) saves.
 *
 * An entry, little-endian; entries have one size, so that a torn one does not hide the next:
 *
 * | offset | field |
 * |--------|-------|
 * | 0      | number of the save, uint32, from 1 |
 * | 4      | sectors erased by this log so far, uint32 |
 * | 8      | length of the record, uint16 |
 * | 10     | magic, uint16 |
 * | 12     | CRC-32 of the 12 bytes before and of the record, uint32 |
 * | 16     | the record |
 * @module
 */
import { crc32Update } from '../../shared/protocol/crc32.js';
import type { RawPartition } from '../ports/ports.js';

const HEADER_BYTES = 16;
const CHECKED_BYTES = 12;
const MAGIC = 0x676c; // "lg"
const ERASED = 0xff;

/** Where an entry is or will be: sector, and place within it. */
interface Place {
  readonly sector: number;
  readonly place: number;
}

interface Entry extends Place {
  readonly sequence: number;
  readonly erases: number;
  readonly record: Uint8Array;
}

export class RecordLog {
  readonly recordBytes: number; // at most
  readonly sectors: number;
  readonly #partition: RawPartition;
  readonly #header = new Uint8Array(HEADER_BYTES); // of the entry being looked at
  readonly #entryBytes: number;
  readonly #places: number; // entries per sector
  #newest: Entry | undefined;
  #next: Place;
  #erases: number;

  /**
   * Looks for the newest entry: reads every entry's header and, as a rule, two entries whole.
   * @param recordBytes the longest record
   * @throws RangeError when the partition has fewer than two sectors, or a sector has no room for two entries
   */
  constructor(partition: RawPartition, recordBytes: number) {
    this.recordBytes = recordBytes;
    this.sectors = partition.bytes / partition.sectorBytes;
    this.#partition = partition;
    this.#entryBytes = HEADER_BYTES + Math.ceil(recordBytes / 4) * 4;
    this.#places = Math.floor(partition.sectorBytes / this.#entryBytes);
    if (this.sectors < 2) throw new RangeError(`log of ${this.sectors} sectors, expected 2 or more`);
    if (this.#places < 2)
      throw new RangeError(`record of ${recordBytes} bytes, expected half a sector or less`);
    this.#newest = this.#find();
    this.#erases = this.#newest?.erases ?? 0;
    // Without an entry nothing is known of any sector: begin as if the last one were full.
    this.#next = this.#newest ?? { sector: this.sectors - 1, place: this.#places };
  }

  /** Sectors erased so far, over all lives; a power cut may lose the last one of the count. */
  get erases(): number {
    return this.#erases;
  }

  /** The record as last saved whole, or undefined when there is none. A copy. */
  load(): Uint8Array | undefined {
    return this.#newest?.record.slice();
  }

  /**
   * @throws RangeError when it is too long
   * @throws Error when the flash takes no entry any more; the record is the old one then
   */
  save(record: Uint8Array): void {
    if (record.length > this.recordBytes) {
      throw new RangeError(`record ${record.length} bytes, expected at most ${this.recordBytes}`);
    }
    const sequence = (this.#newest?.sequence ?? 0) + 1;
    for (let tries = 0; tries < this.sectors * this.#places; tries++) {
      const place = this.#blankPlace();
      const bytes = encode(record, sequence, this.#erases);
      this.#next = { sector: place.sector, place: place.place + 1 };
      this.#partition.write(this.#offset(place), bytes);
      const entry = this.#read(place);
      if (entry?.sequence === sequence && isSame(entry.record, record)) {
        this.#newest = entry;
        return;
      } // else a worn place: the next one
    }
    throw this.#wornOut();
  }

  /** The next place that no earlier power cut has touched. Erases a sector where there is none. */
  #blankPlace(): Place {
    for (;;) {
      const { sector, place } = this.#next;
      if (place < this.#places) {
        if (this.#isBlank(this.#next)) return this.#next;
        this.#next = { sector, place: place + 1 };
      } else {
        this.#turn((sector + 1) % this.sectors);
      }
    }
  }

  #turn(sector: number): void {
    if (sector === this.#newest?.sector) throw this.#wornOut();
    const { sectorBytes } = this.#partition;
    this.#partition.erase(sector * sectorBytes, sectorBytes);
    this.#erases += 1;
    this.#next = { sector, place: 0 };
  }

  #wornOut(): Error {
    return new Error(`flash log of ${this.sectors} sectors, expected one that still takes an entry`);
  }

  #isBlank(place: Place): boolean {
    const bytes = new Uint8Array(this.#entryBytes);
    this.#partition.read(this.#offset(place), bytes);
    return bytes.every((byte) => byte === ERASED);
  }

  #find(): Entry | undefined {
    let newest: Entry | undefined;
    for (let sector = 0; sector < this.sectors; sector++) {
      const last = this.#lastIn(sector);
      if (last !== undefined && (newest === undefined || last.sequence > newest.sequence)) newest = last;
    }
    return newest;
  }

  /** The last whole entry of a sector: later ones are at higher places. */
  #lastIn(sector: number): Entry | undefined {
    for (let place = this.#places - 1; place >= 0; place--) {
      const entry = this.#read({ sector, place });
      if (entry !== undefined) return entry;
    }
    return undefined;
  }

  #read({ sector, place }: Place): Entry | undefined {
    const offset = this.#offset({ sector, place });
    const header = this.#header;
    this.#partition.read(offset, header);
    const view = new DataView(header.buffer);
    const length = view.getUint16(8, true);
    if (view.getUint16(10, true) !== MAGIC || length > this.recordBytes) return undefined;
    const record = new Uint8Array(length);
    this.#partition.read(offset + HEADER_BYTES, record);
    if (view.getUint32(12, true) !== checksum(header, record)) return undefined;
    return {
      sector,
      place,
      sequence: view.getUint32(0, true),
      erases: view.getUint32(4, true),
      record,
    };
  }

  #offset({ sector, place }: Place): number {
    return sector * this.#partition.sectorBytes + place * this.#entryBytes;
  }
}

function encode(record: Uint8Array, sequence: number, erases: number): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + record.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, sequence, true);
  view.setUint32(4, erases, true);
  view.setUint16(8, record.length, true);
  view.setUint16(10, MAGIC, true);
  view.setUint32(12, checksum(bytes, record), true);
  bytes.set(record, HEADER_BYTES);
  return bytes;
}

function checksum(header: Uint8Array, record: Uint8Array): number {
  return crc32Update(crc32Update(0, header.subarray(0, CHECKED_BYTES)), record);
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
