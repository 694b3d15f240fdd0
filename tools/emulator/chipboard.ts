/**
 * A board of a room that runs the firmware of a chip on stand-ins for the SDK's modules: flashed as
 * `npm run flash` does it, with a Wi-Fi of its own.
 * @module
 */
import { regionOf } from '../../firmware/flash/region.js';
import type { Examples, Log } from '../../firmware/ports/ports.js';
import { formatFld } from '../datasets/fld.js';
import { PublishReader } from '../firmware/packets.js';
import { setupImage, shardImage } from '../flash/image.js';
import { firmwarePartitions, type Partition, partitionNamed } from '../flash/partitions.js';
import type { HeapLimits } from '../xs/host.js';
import type { Board } from './board.js';
import { NorChip } from './chip.js';
import { StoredFlash, type WornFlash } from './flash.js';
import type { Heard } from './heard.js';
import { ModdableBoard } from './moddableboard.js';
import type { Surroundings } from './moddablenet.js';
import type { BrokerAddress } from './transport.js';
import type { XsEngineFiles } from './xsboard.js';

export interface ChipBoardOptions {
  readonly device: string;
  readonly task: string;
  readonly broker: BrokerAddress; // without TLS
  readonly examples?: Examples; // none: what its broker deals
  readonly seed: number; // of its MAC address
  readonly log: Log;
  readonly engine: XsEngineFiles; // from moddableFiles
  readonly limits: HeapLimits;
  /** Hears what the board publishes. */
  readonly onPublish?: Heard;
}

const CHIP_BYTES = 4 * 1024 * 1024;
const WIFI = { ssid: 'emulated', password: 'not in the air' };
const JOIN_MS = 200;

export class ChipBoard implements Board {
  readonly device: string;
  readonly #chip = new NorChip(CHIP_BYTES);
  readonly #partitions: readonly Partition[] = firmwarePartitions();
  readonly #board: ModdableBoard;

  /** @throws RangeError when the examples do not fit, or for a broker with TLS */
  constructor(options: ChipBoardOptions) {
    const { device, task, broker, examples, seed, log, engine, limits, onPublish } = options;
    if (broker.tls !== undefined)
      throw new RangeError(`board ${device} on stand-ins, expected a broker without TLS`);
    this.device = device;
    const setup = { ...WIFI, device, task, broker: `${broker.host}:${broker.port}` };
    this.#flash('setup', (partition) => setupImage(setup, partition));
    if (examples !== undefined) this.#flash('shard', (partition) => shardImage(fldOf(examples), partition));
    const around: Surroundings = {
      accessPoint: { ...WIFI, isOn: true, joinMs: JOIN_MS },
      services: [],
      hosts: { [broker.host]: broker.host },
    };
    this.#board = new ModdableBoard({
      engine,
      limits,
      chip: this.#chip,
      partitions: this.#partitions,
      mac: macOf(seed),
      around,
      onLine: (line) => log.line(line),
      onEnd: (reason) => log.line(`ended: ${reason}`),
      onConnection: onPublish && (() => listener(onPublish)),
    });
  }

  get isOn(): boolean {
    return this.#board.isOn;
  }

  get flash(): WornFlash {
    const { offset, bytes } = partitionNamed(this.#partitions, 'models');
    return new StoredFlash(regionOf(this.#chip, offset, bytes));
  }

  start(): void {
    this.#board.start();
  }

  kill(): void {
    this.#board.kill();
  }

  restart(): void {
    this.kill();
    this.start();
  }

  /** Nobody can tell a chip to say goodbye: its power goes. */
  stop(): void {
    this.kill();
  }

  #flash(name: string, make: (partition: Partition) => Uint8Array): void {
    const partition = partitionNamed(this.#partitions, name);
    this.#chip.write(partition.offset, make(partition));
  }
}

/** Finds the messages in what one connection sends. */
function listener(onPublish: Heard): (bytes: Buffer) => void {
  const reader = new PublishReader();
  return (bytes) => {
    for (const { topic, payload } of reader.push(bytes)) onPublish(topic, payload);
  };
}

/** As a file; of the shape and scale of its numbers a board knows nothing. */
function fldOf(examples: Examples): Uint8Array {
  const { count, features, signed, classes } = examples;
  const table = new Uint8Array(count * features);
  return formatFld({
    count,
    shape: [features],
    featureCount: features,
    signed,
    inputExp: 0,
    classes,
    features: table,
    labels: Uint8Array.from({ length: count }, (_, i) =>
      examples.read(i, table.subarray(i * features, (i + 1) * features)),
    ),
    clients: new Uint16Array(count),
    clientCount: 1,
  });
}

function macOf(seed: number): string {
  const digits = (seed >>> 0).toString(16).padStart(8, '0');
  return `02:00:${digits.match(/../g)!.join(':')}`; // 02: given by whoever runs it
}
