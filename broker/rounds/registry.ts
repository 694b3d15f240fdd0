/**
 * The registry of clients as the rounds use it: every change is given to the store and told to people.
 * @module
 */
import type { Metrics } from '../../shared/protocol/metrics.js';
import type { Status } from '../../shared/protocol/status.js';
import { isCounted, type VerdictKind } from '../../shared/protocol/verdict.js';
import type { Clients, DeviceRecord } from './clients.js';
import type { FederationEvent } from './event.js';
import type { Clock, Store } from './ports.js';
import type { Round } from './round.js';

export interface RegistryPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly onEvent: (event: FederationEvent) => void;
}

export class Registry {
  readonly #clients: Clients;
  readonly #ports: RegistryPorts;

  constructor(clients: Clients, ports: RegistryPorts) {
    this.#clients = clients;
    this.#ports = ports;
  }

  /** All records, by name. */
  all(): DeviceRecord[] {
    return this.#clients.all();
  }

  /** Names of the devices that could start a round now, ascending. */
  ready(): string[] {
    return this.#clients.ready();
  }

  hasReported(device: string): boolean {
    return (this.#clients.get(device)?.reports ?? 0) > 0;
  }

  /** A device said how it is. Beyond a full registry nobody is heard. */
  heard(device: string, status: Status): void {
    const { store, clock, onEvent } = this.#ports;
    const stranger = this.#clients.makeRoomFor(device);
    if (stranger !== undefined) store.forgetDevice(stranger);
    const record = this.#clients.status(device, status, clock.dateMs());
    if (record === undefined) return;
    store.saveDevice(record);
    onEvent({ kind: 'device', device, state: status.state });
  }

  /** Its connection is gone. */
  gone(device: string): void {
    const known = this.#clients.get(device);
    if (known === undefined || known.state === 'gone') return; // its will came first
    this.#save(this.#clients.gone(device, this.#ports.clock.dateMs()));
    this.#ports.onEvent({ kind: 'device', device, state: 'gone' });
  }

  /** It sent its update. A duplicate is no refusal: its first copy counts. */
  worked(device: string, verdict: VerdictKind): void {
    const { store, clock } = this.#ports;
    const record = this.#clients.worked(device, verdict === 'accepted', clock.dateMs());
    this.#save(record);
    if (record !== undefined && !isCounted(verdict)) store.saveRefusal(device, verdict);
  }

  /** What a round cost it. Only registered devices are written down: strangers fill no disk. */
  measured(device: string, metrics: Metrics): void {
    const { store, clock } = this.#ports;
    if (this.#clients.get(device) === undefined) return;
    store.saveMetrics({ device, seenMs: clock.dateMs(), metrics });
  }

  /** Counts a failure of everyone who was asked in this round and has not reported. */
  blame(round: Round): void {
    const devices = this.#clients.all().map((record) => record.device);
    for (const device of round.stragglers(devices)) this.#save(this.#clients.failed(device));
  }

  #save(record: DeviceRecord | undefined): void {
    if (record !== undefined) this.#ports.store.saveDevice(record);
  }
}
