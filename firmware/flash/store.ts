/**
 * The port `Flash` on one raw partition: two model slots that wander through an area, and a log for
 * the record. Saving the record also keeps where the slots lie, so a power cut before it, during it or
 * after it leaves the record and the model that it names.
 * @module
 */
import { frozen } from '../../shared/fixed/frozen.js';
import type { Flash, RawPartition } from '../ports/ports.js';
import { RecordLog } from './recordlog.js';
import { regionOf } from './region.js';
import { type Extent, isWithin, type Slot, SlotArea } from './slotarea.js';

/** Sectors of the record's log; it wears far less than the models' area. */
const LOG_SECTORS = 2;
/** Two slots of one sector each. */
const MIN_SECTORS = LOG_SECTORS + 2;

const RECORD_BYTES = 64;
/** In front of the record: sector and length of both slots, sectors erased in the models' area; uint32 each. */
const PLACES_BYTES = 20;

const NOWHERE: Extent = frozen({ sector: 0, bytes: 0 });

/** How often the sectors of one part were erased. They wear alike, so each about erases / sectors times. */
export interface PartWear {
  readonly erases: number; // over all lives; a power cut may lose those since the last save
  readonly sectors: number;
}

export class FlashStore implements Flash {
  readonly slotBytes: number;
  readonly #log: RecordLog;
  readonly #area: SlotArea;

  /** @throws RangeError when the partition has fewer than four sectors */
  constructor(partition: RawPartition) {
    const { bytes, sectorBytes } = partition;
    if (bytes < MIN_SECTORS * sectorBytes) {
      throw new RangeError(`flash of ${bytes} bytes, expected ${MIN_SECTORS * sectorBytes} or more`);
    }
    const logBytes = LOG_SECTORS * sectorBytes;
    this.#log = new RecordLog(regionOf(partition, 0, logBytes), PLACES_BYTES + RECORD_BYTES);
    this.#area = openArea(regionOf(partition, logBytes, bytes - logBytes), this.#log.load());
    this.slotBytes = this.#area.slotBytes;
  }

  get wear(): { readonly record: PartWear; readonly models: PartWear } {
    const { erases, sectors } = this.#area;
    return { record: { erases: this.#log.erases, sectors: this.#log.sectors }, models: { erases, sectors } };
  }

  erase(slot: Slot): void {
    this.#area.erase(slot);
  }

  write(slot: Slot, offset: number, bytes: Uint8Array): void {
    this.#area.write(slot, offset, bytes);
  }

  read(slot: Slot, offset: number, out: Uint8Array): void {
    this.#area.read(slot, offset, out);
  }

  loadRecord(): Uint8Array | undefined {
    return this.#log.load()?.subarray(PLACES_BYTES);
  }

  saveRecord(record: Uint8Array): void {
    if (record.length > RECORD_BYTES) {
      throw new RangeError(`record ${record.length} bytes, expected at most ${RECORD_BYTES}`);
    }
    const bytes = new Uint8Array(PLACES_BYTES + record.length);
    const view = new DataView(bytes.buffer);
    for (const [slot, extent] of this.#area.extents.entries()) {
      view.setUint32(8 * slot, extent.sector, true);
      view.setUint32(8 * slot + 4, extent.bytes, true);
    }
    view.setUint32(16, this.#area.erases, true);
    bytes.set(record, PLACES_BYTES);
    this.#log.save(bytes);
  }
}

/** @param kept places and record, if any; places of another partition table are forgotten */
function openArea(partition: RawPartition, kept: Uint8Array | undefined): SlotArea {
  if (kept === undefined || kept.length < PLACES_BYTES) return new SlotArea(partition, [NOWHERE, NOWHERE], 0);
  const view = new DataView(kept.buffer, kept.byteOffset, PLACES_BYTES);
  const extentAt = (offset: number): Extent => {
    const extent = { sector: view.getUint32(offset, true), bytes: view.getUint32(offset + 4, true) };
    return isWithin(partition, extent) ? extent : NOWHERE;
  };
  return new SlotArea(partition, [extentAt(0), extentAt(8)], view.getUint32(16, true));
}
