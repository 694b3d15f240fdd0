/**
 * One emulated board: the firmware on ports of its own, with a switch for its power. What it holds
 * in flash outlives a power cut; nothing else does.
 * @module
 */

import { EnergyMeter } from '../../firmware/federation/energy.js';
import type { Clock, Examples, Log, Ports, RawPartition, Sensor } from '../../firmware/ports/ports.js';
import { bootHost, type Updatable } from './bootloader.js';
import { NodeClock } from './clock.js';
import { SeededEntropy } from './entropy.js';
import { type Faults, FaultyTransport } from './faults.js';
import { MemoryFlash, StoredFlash, type WornFlash } from './flash.js';
import { type Heard, heard } from './heard.js';
import { type BrokerAddress, TcpTransport } from './transport.js';

/** A board of a room, whatever engine its firmware runs on. */
export interface Board {
  readonly device: string;
  readonly isOn: boolean;
  /** The flash, as the present or last life saw it. */
  readonly flash: WornFlash;
  /** Power on. */
  start(): void;
  /** Power cut: no clean-up, no goodbye, timers gone. */
  kill(): void;
  restart(): void;
  /** The firmware's own end: it disconnects. */
  stop(): void;
}

/** What the firmware's `start` gives. */
export interface Running {
  stop(): void;
}

export interface BoardOptions {
  readonly device: string;
  readonly board: string; // profile name
  readonly task: string;
  readonly broker: BrokerAddress;
  /** What it learns from; left out: it is in `shard`. */
  readonly examples?: Examples;
  /** Flash for its own examples. */
  readonly shard?: RawPartition;
  /** A new one for each life. */
  readonly sensor?: (clock: Clock) => Sensor;
  readonly seed: number; // of back-off jitter only
  readonly firmware: (ports: Ports) => Running;
  readonly log: Log;
  readonly freeBytes?: () => number;
  /** Raw flash for the firmware's store, opened anew in each life; left out: a quick flash in memory. */
  readonly partition?: RawPartition;
  /** Firmware that can be changed over the network; left out: it cannot. */
  readonly update?: Updatable;
  readonly faults?: Faults;
  /** Hears what the board publishes, before faults. */
  readonly onPublish?: Heard;
}

/** What a process cannot tell of a board. */
const NO_VITALS = { heapBytes: 0, chunkBytes: 0, slots: 0, rssi: 0, reset: 'unknown' } as const;

export class EmulatedBoard implements Board {
  readonly device: string;
  readonly #options: BoardOptions;
  #flash: WornFlash;
  #lives = 0;
  #clock: NodeClock | undefined;
  #transport: FaultyTransport | TcpTransport | undefined;
  #running: Running | undefined;

  constructor(options: BoardOptions) {
    this.device = options.device;
    const { partition } = options;
    this.#flash = partition === undefined ? new MemoryFlash() : new StoredFlash(partition);
    this.#options = options;
  }

  get isOn(): boolean {
    return this.#running !== undefined;
  }

  get flash(): WornFlash {
    return this.#flash;
  }

  /** The network of the present life, to break at will; only of a board with `faults`. */
  get network(): FaultyTransport {
    if (this.#transport instanceof FaultyTransport) return this.#transport;
    throw new RangeError(`board ${this.device} without faults or power, expected both`);
  }

  start(): void {
    if (this.isOn) throw new RangeError(`board ${this.device} on, expected off`);
    const {
      device,
      board,
      task,
      broker,
      examples,
      shard,
      sensor,
      seed,
      firmware,
      log,
      faults,
      partition,
      onPublish,
      update,
    } = this.#options;
    const clock = new NodeClock();
    const tcp = new TcpTransport(broker);
    const life = this.#lives++;
    const transport =
      faults === undefined ? tcp : new FaultyTransport(tcp, clock, { ...faults, seed: faults.seed + life });
    this.#clock = clock;
    this.#transport = transport;
    const restart = () => setImmediate(() => this.#clock === clock && this.isOn && this.restart());
    if (partition !== undefined) this.#flash = new StoredFlash(partition, this.#flash.wear);
    // Its CPU time is this machine's, so what it says of work is far too little; of rest and radio it is right.
    const meter = new EnergyMeter(board, clock, transport);
    this.#running = firmware({
      identity: { device, board },
      task,
      transport: onPublish === undefined ? meter.transport : heard(meter.transport, onPublish),
      clock: meter.clock,
      entropy: new SeededEntropy(seed + life),
      flash: this.#flash,
      examples,
      shard,
      sensors: sensor && [sensor(clock)],
      log,
      freeBytes: this.#options.freeBytes ?? (() => 0),
      vitals: () => ({ ...NO_VITALS, millijoules: meter.millijoules() }),
      firmware: update && bootHost(update, restart),
    });
  }

  kill(): void {
    this.#clock?.halt();
    this.#transport?.cut();
    this.#running = undefined;
  }

  restart(): void {
    this.kill();
    this.start();
  }

  stop(): void {
    this.#running?.stop();
    this.#clock?.halt();
    this.#running = undefined;
  }
}
