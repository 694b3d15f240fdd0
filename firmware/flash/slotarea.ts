/**
 * Two model slots that wander through one area of NOR flash. A slot that is written anew begins behind
 * the other one, around the end of the area and on from its start, so that all sectors wear alike: an
 * area eleven times as large as a model is erased once in eleven downloads. Each slot may take half of
 * the area, so the two never meet.
 *
 * Sectors are erased as the writes reach them, and in each life anew: what looks erased after a
 * power cut may not be.
 * @module
 */
import type { RawPartition } from '../ports/ports.js';

export type Slot = 0 | 1;

/** Where a slot lies. */
export interface Extent {
  readonly sector: number; // its first
  readonly bytes: number; // written from there on
}

/** Whether an area has room for such a slot. */
export function isWithin(area: RawPartition, { sector, bytes }: Extent): boolean {
  return sector * area.sectorBytes < area.bytes && bytes <= slotBytesOf(area);
}

export class SlotArea {
  readonly sectors: number;
  readonly slotBytes: number;
  readonly #partition: RawPartition;
  readonly #extents: [Extent, Extent];
  /** Sectors of the slot erased in this life; -1 when it was not opened for writing. */
  readonly #erased: [number, number] = [-1, -1];
  #erases: number;

  /**
   * @param extents as they were last kept
   * @param erases sectors erased so far, over all lives
   * @throws RangeError when an extent lies outside the area
   */
  constructor(partition: RawPartition, extents: readonly [Extent, Extent], erases: number) {
    this.sectors = partition.bytes / partition.sectorBytes;
    this.slotBytes = slotBytesOf(partition);
    this.#partition = partition;
    this.#extents = [extents[0], extents[1]];
    this.#erases = erases;
    for (const extent of extents) {
      if (isWithin(partition, extent)) continue;
      throw new RangeError(
        `slot of ${extent.bytes} bytes from sector ${extent.sector}, expected at most ${this.slotBytes}`,
      );
    }
  }

  /** To be kept, and to be handed to the constructor in the next life. */
  get extents(): readonly [Extent, Extent] {
    return [this.#extents[0], this.#extents[1]];
  }

  get erases(): number {
    return this.#erases;
  }

  erase(slot: Slot): void {
    const other = this.#extents[slot === 0 ? 1 : 0];
    const behind = other.bytes > 0 ? other : this.#extents[slot];
    this.#extents[slot] = { sector: this.#sector(behind, this.#sectorsOf(behind.bytes)), bytes: 0 };
    this.#erased[slot] = 0;
  }

  /** @throws RangeError when the place is not erased or beyond the slot */
  write(slot: Slot, offset: number, data: Uint8Array): void {
    const { sector, bytes } = this.#extents[slot];
    const end = offset + data.length;
    if (this.#erased[slot] < 0) throw new RangeError(`write to slot ${slot}, expected an erased one`);
    if (offset < bytes) throw new RangeError(`write at ${offset}, expected ${bytes} or beyond: not erased`);
    if (end > this.slotBytes) throw new RangeError(`write up to ${end}, expected at most ${this.slotBytes}`);
    this.#eraseUpTo(slot, end);
    this.#eachPiece(this.#extents[slot], offset, data, (at, piece) => this.#partition.write(at, piece));
    this.#extents[slot] = { sector, bytes: end };
  }

  /** Bytes that were not written read as 0xff. */
  read(slot: Slot, offset: number, out: Uint8Array): void {
    const { bytes } = this.#extents[slot];
    if (offset < 0 || offset + out.length > this.slotBytes) {
      throw new RangeError(`read ${offset} to ${offset + out.length}, expected 0 to ${this.slotBytes}`);
    }
    const written = Math.max(0, Math.min(out.length, bytes - offset));
    const part = out.subarray(0, written);
    this.#eachPiece(this.#extents[slot], offset, part, (at, piece) => this.#partition.read(at, piece));
    out.fill(0xff, written);
  }

  #eraseUpTo(slot: Slot, end: number): void {
    const { sectorBytes } = this.#partition;
    for (const needed = this.#sectorsOf(end); this.#erased[slot] < needed; this.#erased[slot]++) {
      const sector = this.#sector(this.#extents[slot], this.#erased[slot]);
      this.#partition.erase(sector * sectorBytes, sectorBytes);
      this.#erases += 1;
    }
  }

  /** Cuts data at the sectors' borders; `at` is the place in the partition. */
  #eachPiece(
    extent: Extent,
    offset: number,
    data: Uint8Array,
    use: (at: number, piece: Uint8Array) => void,
  ): void {
    const { sectorBytes } = this.#partition;
    for (let start = 0; start < data.length; ) {
      const within = (offset + start) % sectorBytes;
      const size = Math.min(sectorBytes - within, data.length - start);
      const sector = this.#sector(extent, (offset + start - within) / sectorBytes);
      use(sector * sectorBytes + within, data.subarray(start, start + size));
      start += size;
    }
  }

  #sector({ sector }: Extent, count: number): number {
    return (sector + count) % this.sectors;
  }

  #sectorsOf(bytes: number): number {
    return Math.ceil(bytes / this.#partition.sectorBytes);
  }
}

function slotBytesOf({ bytes, sectorBytes }: RawPartition): number {
  return Math.floor(bytes / sectorBytes / 2) * sectorBytes;
}
