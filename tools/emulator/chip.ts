/**
 * NOR flash as a chip has it, in memory: an erase sets whole sectors to 0xff, a write only clears bits, wear
 * is counted per sector, and power can be lost after any byte written or in any erase. A torn write or
 * erase leaves its bytes in a state drawn from a seed. Platform-free: it runs on XS, too.
 * @module
 */
import type { RawPartition } from '../../firmware/ports/ports.js';
import type { Random } from '../../shared/fixed/random.js';

export const SECTOR_BYTES = 4096;
/** What the partition table of a 4 MB board gives to its own examples. */
export const SHARD_PARTITION_BYTES = 131_072;
const PAGE_BYTES = 256; // programmed in one go: a torn write may touch all that it had in the page

/** What the chip throws when its power goes; nothing runs on after it. */
export class PowerLoss extends Error {
  override readonly name = 'PowerLoss';
}

/**
 * What is left of the page or sector that was being changed: nothing done beyond the cut, or each bit
 * done or not by chance; `zeros`: an erase that had cleared the sector first, as chips do.
 */
export const TEARS = ['clean', 'bits', 'zeros'] as const;
export type Tear = (typeof TEARS)[number];

export interface Cut {
  readonly steps: number; // done before power goes: bytes written and sectors erased
  readonly tear: Tear;
  readonly random: Random;
}

export class NorChip implements RawPartition {
  readonly bytes: number;
  readonly sectorBytes = SECTOR_BYTES;
  /** Erases of each sector. */
  readonly wear: Uint32Array;
  /** Bytes written and sectors erased so far. */
  steps = 0;
  readonly #sectors: (Uint8Array | undefined)[]; // undefined = never written since its last erase
  #cut: Cut | undefined;
  #isOn = true;

  /** A new chip is erased. @throws RangeError unless it is of whole sectors */
  constructor(bytes: number) {
    if (bytes < SECTOR_BYTES || bytes % SECTOR_BYTES !== 0) {
      throw new RangeError(`chip of ${bytes} bytes, expected a multiple of ${SECTOR_BYTES}`);
    }
    this.bytes = bytes;
    this.#sectors = new Array(bytes / SECTOR_BYTES).fill(undefined);
    this.wear = new Uint32Array(bytes / SECTOR_BYTES);
  }

  /** A chip with the same content and wear. */
  copy(): NorChip {
    const chip = new NorChip(this.bytes);
    for (const [i, sector] of this.#sectors.entries()) chip.#sectors[i] = sector?.slice();
    chip.wear.set(this.wear);
    return chip;
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  /** Power will be lost in the step after so many. */
  cutAfter(cut: Cut): void {
    this.#cut = { ...cut, steps: this.steps + cut.steps };
  }

  /** Power is back, and stays. */
  powerOn(): void {
    this.#isOn = true;
    this.#cut = undefined;
  }

  erase(offset: number, bytes: number): void {
    this.#check(offset, bytes);
    if (offset % SECTOR_BYTES !== 0 || bytes % SECTOR_BYTES !== 0) {
      throw new RangeError(`erase ${offset} + ${bytes}, expected whole sectors`);
    }
    for (let sector = offset / SECTOR_BYTES; sector < (offset + bytes) / SECTOR_BYTES; sector++) {
      this.wear[sector] += 1;
      if (this.#left() < 1) this.#tearErase(sector);
      this.#sectors[sector] = undefined;
      this.steps += 1;
    }
  }

  /** @throws RangeError when a bit would have to be set: the place was not erased */
  write(offset: number, data: Uint8Array): void {
    this.#check(offset, data.length);
    for (let start = 0; start < data.length; ) {
      const at = offset + start;
      const size = Math.min(PAGE_BYTES - (at % PAGE_BYTES), data.length - start);
      this.#program(at, data.subarray(start, start + size));
      start += size;
    }
  }

  read(offset: number, out: Uint8Array): void {
    this.#check(offset, out.length);
    for (let start = 0; start < out.length; ) {
      const within = (offset + start) % SECTOR_BYTES;
      const size = Math.min(SECTOR_BYTES - within, out.length - start);
      const sector = this.#sectors[(offset + start - within) / SECTOR_BYTES];
      if (sector === undefined) out.fill(0xff, start, start + size);
      else out.set(sector.subarray(within, within + size), start);
      start += size;
    }
  }

  /** Bytes of one page. */
  #program(at: number, data: Uint8Array): void {
    const within = at % SECTOR_BYTES;
    const sector = (this.#sectors[(at - within) / SECTOR_BYTES] ??= new Uint8Array(SECTOR_BYTES).fill(0xff));
    const done = Math.min(data.length, this.#left());
    for (let i = 0; i < done; i++) {
      if ((sector[within + i] & data[i]) !== data[i]) {
        throw new RangeError(
          `write of ${data[i]} to ${sector[within + i]} at ${at + i}, expected an erased byte`,
        );
      }
      sector[within + i] = data[i];
    }
    this.steps += done;
    if (done < data.length) this.#tearWrite(sector, within + done, data.subarray(done));
  }

  /** Steps before the cut. */
  #left(): number {
    return this.#cut === undefined ? Number.POSITIVE_INFINITY : this.#cut.steps - this.steps;
  }

  #tearWrite(sector: Uint8Array, within: number, rest: Uint8Array): never {
    const { tear, random } = this.#cut!;
    for (let i = 0; tear !== 'clean' && i < rest.length; i++)
      sector[within + i] &= rest[i] | random.below(256);
    this.#lose();
  }

  #tearErase(index: number): never {
    const { tear, random } = this.#cut!;
    const sector = (this.#sectors[index] ??= new Uint8Array(SECTOR_BYTES).fill(0xff));
    if (tear === 'zeros') sector.fill(0);
    if (tear === 'bits') for (let i = 0; i < SECTOR_BYTES; i++) sector[i] |= random.below(256);
    this.#lose();
  }

  #lose(): never {
    this.#isOn = false;
    throw new PowerLoss(`power lost after ${this.steps} steps`);
  }

  #check(offset: number, bytes: number): void {
    if (!this.#isOn) throw new PowerLoss('flash without power, expected nobody to use it');
    if (offset >= 0 && offset + bytes <= this.bytes) return;
    throw new RangeError(`flash ${offset} to ${offset + bytes}, expected 0 to ${this.bytes}`);
  }
}
