/**
 * A board's flash with two model slots and a record: a quick one in memory, or the firmware's own store
 * on a raw partition. Bytes are written once after an erase, from the start upwards.
 * @module
 */
import { FlashStore } from '../../firmware/flash/store.js';
import type { Flash, RawPartition } from '../../firmware/ports/ports.js';

export const SLOT_BYTES = 512 * 1024; // what the partition table of a 4 MB board leaves for each
const RECORD_BYTES = 64;
const SECTOR_BYTES = 4096;

type Slot = 0 | 1;

/** How much a flash was used; a chip endures about 100,000 erases of a sector. */
export class FlashWear {
  erases = 0;
  writes = 0;
  writtenBytes = 0;
  recordSaves = 0;
}

/** A flash that counts its use. */
export interface WornFlash extends Flash {
  readonly wear: FlashWear;
}

/** Keeps only the sectors that were written: a room has many boards and models are small. */
export class MemoryFlash implements WornFlash {
  readonly slotBytes: number;
  readonly wear = new FlashWear();
  readonly #sectors: [Uint8Array[], Uint8Array[]] = [[], []];
  readonly #ends: [number, number] = [0, 0];
  #record: Uint8Array | undefined;

  constructor(slotBytes = SLOT_BYTES) {
    this.slotBytes = slotBytes;
  }

  erase(slot: Slot): void {
    this.#sectors[slot] = [];
    this.#ends[slot] = 0;
    this.wear.erases += 1;
  }

  write(slot: Slot, offset: number, bytes: Uint8Array): void {
    this.#ends[slot] = checkedWrite(this, this.#ends[slot], offset, bytes, this.wear);
    const sectors = this.#sectors[slot];
    eachPiece(offset, bytes.length, (sector, within, start, length) => {
      sectors[sector] ??= new Uint8Array(SECTOR_BYTES).fill(0xff);
      sectors[sector].set(bytes.subarray(start, start + length), within);
    });
  }

  read(slot: Slot, offset: number, out: Uint8Array): void {
    checkedRead(this, offset, out);
    const sectors = this.#sectors[slot];
    eachPiece(offset, out.length, (sector, within, start, length) => {
      const bytes = sectors[sector]?.subarray(within, within + length);
      if (bytes === undefined) out.fill(0xff, start, start + length);
      else out.set(bytes, start);
    });
  }

  loadRecord(): Uint8Array | undefined {
    return this.#record?.slice();
  }

  saveRecord(bytes: Uint8Array): void {
    checkRecord(bytes);
    this.#record = bytes.slice();
    this.wear.recordSaves += 1;
  }
}

/** The firmware's own store on a raw partition, as on a board; counts what is asked of it. */
export class StoredFlash implements WornFlash {
  readonly slotBytes: number;
  readonly wear: FlashWear;
  readonly #store: FlashStore;

  /** @param wear of the board's earlier lives */
  constructor(partition: RawPartition, wear = new FlashWear()) {
    this.wear = wear;
    this.#store = new FlashStore(partition);
    this.slotBytes = this.#store.slotBytes;
  }

  erase(slot: Slot): void {
    this.#store.erase(slot);
    this.wear.erases += 1;
  }

  write(slot: Slot, offset: number, bytes: Uint8Array): void {
    this.#store.write(slot, offset, bytes);
    this.wear.writes += 1;
    this.wear.writtenBytes += bytes.length;
  }

  read(slot: Slot, offset: number, out: Uint8Array): void {
    this.#store.read(slot, offset, out);
  }

  loadRecord(): Uint8Array | undefined {
    return this.#store.loadRecord();
  }

  saveRecord(bytes: Uint8Array): void {
    this.#store.saveRecord(bytes);
    this.wear.recordSaves += 1;
  }
}

function checkedWrite(
  { slotBytes }: Flash,
  end: number,
  offset: number,
  bytes: Uint8Array,
  wear: FlashWear,
): number {
  if (offset < end) throw new RangeError(`write at ${offset}, expected ${end} or beyond: not erased`);
  if (offset + bytes.length > slotBytes) {
    throw new RangeError(`write up to ${offset + bytes.length}, expected at most ${slotBytes}`);
  }
  wear.writes += 1;
  wear.writtenBytes += bytes.length;
  return offset + bytes.length;
}

function checkedRead({ slotBytes }: Flash, offset: number, out: Uint8Array): void {
  if (offset < 0 || offset + out.length > slotBytes) {
    throw new RangeError(`read ${offset} to ${offset + out.length}, expected 0 to ${slotBytes}`);
  }
}

function checkRecord(bytes: Uint8Array): void {
  if (bytes.length > RECORD_BYTES) {
    throw new RangeError(`record ${bytes.length} bytes, expected at most ${RECORD_BYTES}`);
  }
}

/** Cuts [offset, offset + length) at the sectors' borders. */
function eachPiece(
  offset: number,
  length: number,
  piece: (sector: number, within: number, start: number, length: number) => void,
): void {
  for (let start = 0; start < length; ) {
    const within = (offset + start) % SECTOR_BYTES;
    const size = Math.min(SECTOR_BYTES - within, length - start);
    piece((offset + start - within) / SECTOR_BYTES, within, start, size);
    start += size;
  }
}
