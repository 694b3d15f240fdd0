/**
 * One emulated board whose firmware runs on the XS engine, in a process with the memory of the board.
 * Its connection, flash and power are here; the other side of the pipe is `xs/board.ts`.
 * @module
 */
import type { Settings } from '../../firmware/federation/settings.js';
import type { Examples, Log, MessageSink, RawPartition } from '../../firmware/ports/ports.js';
import type { HostFrame, Part } from '../xs/frame.js';
import { type HeapLimits, type HeapUse, XsHost } from '../xs/host.js';
import type { Board } from './board.js';
import { NodeClock } from './clock.js';
import { type Faults, FaultyTransport } from './faults.js';
import { MemoryFlash, StoredFlash, type WornFlash } from './flash.js';
import type { Heard } from './heard.js';
import { type BreakableTransport, type BrokerAddress, TcpTransport } from './transport.js';
import { FROM_BOARD, TO_BOARD } from './xs/kinds.js';

/** What every board on XS shares: a program from buildHost and the firmware as one script. */
export interface XsEngineFiles {
  readonly program: string;
  readonly script: string;
}

export interface XsBoardOptions {
  readonly device: string;
  readonly board: string; // profile name
  readonly task: string;
  readonly broker: BrokerAddress;
  readonly examples: Examples;
  readonly seed: number; // of back-off jitter only
  readonly log: Log;
  readonly engine: XsEngineFiles;
  readonly limits: HeapLimits;
  readonly settings?: Settings; // of the firmware; its own when left out
  readonly partition?: RawPartition; // raw flash; a quick one in memory when left out
  readonly faults?: Faults;
  /** Hears what the board publishes, before faults. */
  readonly onPublish?: Heard;
  /** Called when the engine ended by itself, with the reason. */
  readonly onEnd?: (reason: string) => void;
}

/** Frames of the host about flash; it has an image of its own. */
const FLASH = { write: 5, erase: 6, save: 7 } as const;
const ERASED = 0xff;

export class XsBoard implements Board {
  readonly device: string;
  readonly #options: XsBoardOptions;
  #flash: WornFlash;
  #lives = 0;
  #host: XsHost | undefined;
  #clock: NodeClock | undefined; // of the faults
  #transport: BreakableTransport | undefined;
  #isOpen = false; // the connection, or on its way to be

  constructor(options: XsBoardOptions) {
    this.device = options.device;
    const { partition } = options;
    this.#flash = partition === undefined ? new MemoryFlash() : new StoredFlash(partition);
    this.#options = options;
  }

  get isOn(): boolean {
    return this.#host !== undefined;
  }

  get flash(): WornFlash {
    return this.#flash;
  }

  /** Process of the engine, while it is on. */
  get pid(): number | undefined {
    return this.#host?.pid;
  }

  start(): void {
    if (this.isOn) throw new RangeError(`board ${this.device} on, expected off`);
    const { broker, engine, limits, faults, partition } = this.#options;
    const life = this.#lives++;
    const clock = new NodeClock();
    const tcp = new TcpTransport(broker);
    this.#clock = clock;
    this.#transport =
      faults === undefined ? tcp : new FaultyTransport(tcp, clock, { ...faults, seed: faults.seed + life });
    const host: XsHost = new XsHost({
      ...engine,
      limits,
      onFrame: (frame) => this.#host === host && this.#receive(frame),
      onEnd: (reason) => this.#host === host && this.#ended(reason),
    });
    this.#host = host;
    if (partition !== undefined) this.#flash = new StoredFlash(partition, this.#flash.wear);
    this.#boot(host, life);
  }

  /** What its memory holds now. @throws RangeError while it is off */
  memory(): Promise<HeapUse> {
    if (this.#host === undefined) throw new RangeError(`board ${this.device} off, expected on`);
    return this.#host.memory();
  }

  /** Power cut: no clean-up, no goodbye. What the board has written to flash is there. */
  kill(): void {
    const host = this.#host;
    this.#host = undefined;
    this.#clock?.halt();
    this.#transport?.cut();
    void host?.close();
  }

  restart(): void {
    this.kill();
    this.start();
  }

  /** Disconnects for the firmware; the will is not published. */
  stop(): void {
    this.#transport?.close();
    this.#transport = undefined;
    this.kill();
  }

  #boot(host: XsHost, life: number): void {
    const { device, board, task, seed, examples, settings } = this.#options;
    const { count, features, signed, classes } = examples;
    host.store('examples', examplesParts(examples));
    const record = this.flash.loadRecord();
    if (record !== undefined) {
      for (const slot of [0, 1] as const) host.store('slot', [slot, written(this.flash, slot)]);
      host.store('record', [record]);
    }
    const own = settings === undefined ? '' : JSON.stringify(settings);
    const numbers = [this.flash.slotBytes, count, features, signed ? 1 : 0, classes];
    host.send(TO_BOARD.boot, [device, board, task, seed + life, own, ...numbers]);
  }

  #ended(reason: string): void {
    const { log, board, onEnd } = this.#options;
    log.line(`board ${board} ended: ${reason}`);
    this.kill();
    onEnd?.(reason);
  }

  #receive(frame: HostFrame): void {
    const transport = this.#transport;
    if (frame.kind === FLASH.write) {
      this.flash.write(slotOf(frame), frame.integer(), Uint8Array.from(frame.bytes()));
    } else if (frame.kind === FLASH.erase) this.flash.erase(slotOf(frame));
    else if (frame.kind === FLASH.save) this.flash.saveRecord(Uint8Array.from(frame.bytes()));
    else if (frame.kind === FROM_BOARD.log) this.#options.log.line(frame.text());
    else if (frame.kind === FROM_BOARD.open) this.#open(frame);
    else if (frame.kind === FROM_BOARD.close) transport?.close();
    // the connection may have closed while the board's word was on its way: nothing to do then
    else if (!this.#isOpen) return;
    else if (frame.kind === FROM_BOARD.subscribe) transport?.subscribe(frame.text());
    else if (frame.kind === FROM_BOARD.unsubscribe) transport?.unsubscribe(frame.text());
    else if (frame.kind === FROM_BOARD.publish) this.#publish(frame);
  }

  #open(frame: HostFrame): void {
    const connection = frame.integer();
    const clientId = frame.text();
    const keepAliveMs = frame.integer();
    const will = { topic: frame.text(), payload: Uint8Array.from(frame.bytes()) };
    const tell = (kind: number, ...parts: readonly Part[]) => this.#host?.send(kind, [connection, ...parts]);
    this.#isOpen = true;
    this.#transport?.open(
      { clientId, keepAliveMs, will },
      {
        onConnected: () => tell(TO_BOARD.connected),
        onClosed: (reason) => {
          this.#isOpen = false;
          tell(TO_BOARD.closed, reason);
        },
        onMessage: (topic, lengthBytes): MessageSink => {
          tell(TO_BOARD.message, topic, lengthBytes);
          return { write: (bytes) => tell(TO_BOARD.piece, bytes), end: () => tell(TO_BOARD.messageEnd) };
        },
      },
    );
  }

  #publish(frame: HostFrame): void {
    const connection = frame.integer();
    const id = frame.integer();
    const topic = frame.text();
    const qos = frame.integer() === 1 ? 1 : 0;
    const payload = frame.bytes();
    this.#options.onPublish?.(topic, payload);
    this.#transport?.publish(topic, payload, qos, () =>
      this.#host?.send(TO_BOARD.acknowledged, [connection, id]),
    );
  }
}

/** What the host's frame `examples` takes: it stands for a data set in flash. */
export function examplesParts(examples: Examples): Part[] {
  const { count, features } = examples;
  const table = new Uint8Array(count * features);
  const labels = Uint8Array.from({ length: count }, (_, i) =>
    examples.read(i, table.subarray(i * features, (i + 1) * features)),
  );
  return [count, features, table, labels];
}

function slotOf(frame: HostFrame): 0 | 1 {
  return frame.integer() === 0 ? 0 : 1;
}

/** What a slot holds, without the erased end. */
function written(flash: WornFlash, slot: 0 | 1): Uint8Array {
  const bytes = new Uint8Array(flash.slotBytes);
  flash.read(slot, 0, bytes);
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === ERASED) end--;
  return bytes.subarray(0, end);
}
