/**
 * The registry of clients: what each device last said of itself, and how it did in earlier rounds.
 * State only; it knows no MQTT, clock or disk.
 * @module
 */
import type { DeviceState, Status } from '../../shared/protocol/status.js';

export interface DeviceRecord extends Omit<Status, 'state' | 'round'> {
  readonly device: string;
  readonly state: DeviceState;
  readonly seenMs: number; // since 1970
  readonly reports: number; // updates accepted
  readonly failures: number; // rounds it was drawn for and did not report in
}

export class Clients {
  readonly #records = new Map<string, DeviceRecord>();
  readonly #maxDevices: number;

  /**
   * @param records of an earlier process: nobody is connected yet, so all are gone
   * @param maxDevices beyond these, new ones are not registered unless `makeRoomFor` made room
   */
  constructor(records: readonly DeviceRecord[], maxDevices: number) {
    for (const record of records) this.#records.set(record.device, { ...record, state: 'gone' });
    this.#maxDevices = maxDevices;
  }

  get(device: string): DeviceRecord | undefined {
    return this.#records.get(device);
  }

  /** All records, by name. */
  all(): DeviceRecord[] {
    return [...this.#records.values()].sort((a, b) => (a.device < b.device ? -1 : 1));
  }

  /** Names of the devices that could start a round now, ascending. */
  ready(): string[] {
    const names: string[] = [];
    for (const { device, state, examples } of this.#records.values()) {
      if ((state === 'ready' || state === 'done') && examples > 0) names.push(device);
    }
    return names.sort();
  }

  /**
   * Lets go of one that is gone and never reported, when a new device comes to a full registry: of
   * those the one that was heard of least lately. A stranger may invent names; boards that took part
   * stay, whatever comes.
   * @returns its name, undefined when there is room or nobody goes
   */
  makeRoomFor(device: string): string | undefined {
    if (this.#records.size < this.#maxDevices || this.#records.has(device)) return undefined;
    let oldest: DeviceRecord | undefined;
    for (const record of this.#records.values()) {
      const mayGo = record.state === 'gone' && record.reports === 0;
      if (mayGo && record.seenMs < (oldest?.seenMs ?? Number.POSITIVE_INFINITY)) oldest = record;
    }
    if (oldest !== undefined) this.#records.delete(oldest.device);
    return oldest?.device;
  }

  /** @returns the record as it is now, undefined when the registry is full */
  status(device: string, status: Status, seenMs: number): DeviceRecord | undefined {
    const known = this.#records.get(device);
    if (known === undefined && this.#records.size >= this.#maxDevices) return undefined;
    const { reports, failures } = known ?? { reports: 0, failures: 0 };
    const { state, firmware, board, freeBytes, examples, modelHash } = status;
    const said =
      state === 'gone' && known !== undefined ? known : { firmware, board, freeBytes, examples, modelHash };
    return this.#put({ ...said, device, state, seenMs, reports, failures });
  }

  gone(device: string, seenMs: number): DeviceRecord | undefined {
    return this.#change(device, (record) => ({ ...record, state: 'gone', seenMs }));
  }

  /** It has sent its update: whatever the verdict, it is free again, even before it says so. */
  worked(device: string, accepted: boolean, seenMs: number): DeviceRecord | undefined {
    return this.#change(device, (record) => ({
      ...record,
      state: record.state === 'gone' ? 'gone' : 'done',
      seenMs,
      reports: record.reports + (accepted ? 1 : 0),
    }));
  }

  failed(device: string): DeviceRecord | undefined {
    return this.#change(device, (record) => ({ ...record, failures: record.failures + 1 }));
  }

  #change(device: string, change: (record: DeviceRecord) => DeviceRecord): DeviceRecord | undefined {
    const record = this.#records.get(device);
    return record && this.#put(change(record));
  }

  #put(record: DeviceRecord): DeviceRecord {
    this.#records.set(record.device, record);
    return record;
  }
}
