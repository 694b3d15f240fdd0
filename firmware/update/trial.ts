/**
 * What the firmware remembers of its last update, in a log of two sectors.
 *
 * The record, little-endian, 8 bytes: state, slot, boots (uint8 each), a zero, version (uint32).
 * @module
 */
import { frozen } from '../../shared/fixed/frozen.js';
import { RecordLog } from '../flash/recordlog.js';
import type { RawPartition } from '../ports/ports.js';

/**
 * `trial`: new firmware lies in its slot and has not shown yet that it works; `settled`: it has, or the
 * update came to nothing; `failed`: it has not, and is not tried again. Order is the code in flash.
 */
const STATES = frozen(['trial', 'settled', 'failed'] as const);

export interface Trial {
  readonly state: (typeof STATES)[number];
  readonly slot: 0 | 1;
  readonly boots: number; // of the new firmware, as long as it is on trial; 0 to 255
  readonly version: number; // uint32
}

const RECORD_BYTES = 8;

export class TrialLog {
  readonly #log: RecordLog;

  constructor(partition: RawPartition) {
    this.#log = new RecordLog(partition, RECORD_BYTES);
  }

  load(): Trial | undefined {
    const record = this.#log.load();
    const state = record && STATES[record[0]];
    if (record?.length !== RECORD_BYTES || state === undefined) return undefined;
    const version = new DataView(record.buffer, record.byteOffset).getUint32(4, true);
    return { state, slot: record[1] === 0 ? 0 : 1, boots: record[2], version };
  }

  save({ state, slot, boots, version }: Trial): void {
    const record = Uint8Array.of(STATES.indexOf(state), slot, boots, 0, 0, 0, 0, 0);
    new DataView(record.buffer).setUint32(4, version, true);
    this.#log.save(record);
  }
}
