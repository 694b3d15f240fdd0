/**
 * One board whose firmware is all of it the SDK's build but the SDK: `firmware/ports/moddable` with its entry
 * for a chip, on the XS engine with the board's memory, on stand-ins for the SDK's modules
 * (`moddable/`). Its flash, radio, cable and power are here.
 * @module
 */
import type { Partition } from '../flash/partitions.js';
import type { HostFrame } from '../xs/frame.js';
import { type HeapLimits, type HeapUse, XsHost } from '../xs/host.js';
import { type NorChip, SECTOR_BYTES } from './chip.js';
import { FROM_BOARD, TO_BOARD } from './moddable/kinds.js';
import { BoardNetwork, type Surroundings } from './moddablenet.js';
import type { XsEngineFiles } from './xsboard.js';

export interface ModdableBoardOptions {
  readonly engine: XsEngineFiles; // from moddableFiles
  readonly limits: HeapLimits;
  readonly chip: NorChip; // all of its flash
  readonly partitions: readonly Partition[];
  readonly mac: string; // such as a4:d1:8c:00:00:01
  /** How much faster than the world its clock goes, a whole number: it rests less. 1 when left out. */
  readonly speed?: number;
  readonly around: Surroundings;
  readonly onLine: (line: string) => void; // of its serial port
  /** Asked at each TCP connection: who hears its bytes up? */
  readonly onConnection?: () => (bytes: Buffer) => void;
  /** It ended by itself: power was cut in its flash, out of memory, an exception that nobody caught. */
  readonly onEnd?: (reason: string) => void;
}

/** Frames of the host about the chip; it has an image of its own. */
const CHIP = { write: 8, erase: 9 } as const;

export class ModdableBoard {
  readonly #options: ModdableBoardOptions;
  #host: XsHost | undefined;
  #network: BoardNetwork | undefined;
  #serial: number | undefined; // handle
  #text = ''; // of the line that is being said

  constructor(options: ModdableBoardOptions) {
    this.#options = options;
  }

  get isOn(): boolean {
    return this.#host !== undefined;
  }

  /** Whether its radio has an address. */
  get isOnline(): boolean {
    return this.#network?.isUp ?? false;
  }

  start(): void {
    if (this.isOn) throw new RangeError('board on, expected off');
    const { engine, limits, chip, partitions, mac, speed = 1, around, onConnection } = this.#options;
    const host: XsHost = new XsHost({
      ...engine,
      limits,
      onFrame: (frame) => this.#host === host && this.#receive(frame),
      onEnd: (reason) => this.#host === host && this.#ended(reason),
    });
    this.#host = host;
    this.#network = new BoardNetwork(around, (kind, parts) => host.send(kind, parts), onConnection);
    const sector = new Uint8Array(SECTOR_BYTES);
    for (let offset = 0; offset < chip.bytes; offset += SECTOR_BYTES) {
      chip.read(offset, sector);
      if (sector.some((byte) => byte !== 0xff)) host.store('chip', [offset, sector]);
    }
    const table = partitions.flatMap(({ name, offset, bytes }) => [name, offset, bytes]);
    host.send(TO_BOARD.boot, [mac, speed, partitions.length, ...table]);
  }

  /** Power cut: no clean-up, no goodbye. What the board has written to flash is there. */
  kill(): void {
    const host = this.#host;
    this.#host = undefined;
    this.#network?.close();
    this.#serial = undefined;
    this.#text = '';
    void host?.close();
  }

  /** A person types on the serial port. @throws RangeError when nobody listens there */
  type(text: string): void {
    if (this.#serial === undefined) throw new RangeError('serial port closed, expected open');
    this.#host!.send(TO_BOARD.typed, [this.#serial, Buffer.from(text)]);
  }

  /** The radio loses its access point for a moment, or until that is on again. */
  dropWifi(): void {
    this.#network?.drop();
  }

  /** What its memory holds now. @throws RangeError while it is off */
  memory(): Promise<HeapUse> {
    if (this.#host === undefined) throw new RangeError('board off, expected on');
    return this.#host.memory();
  }

  #receive(frame: HostFrame): void {
    const { chip } = this.#options;
    try {
      if (frame.kind === CHIP.write) chip.write(frame.integer(), frame.bytes());
      else if (frame.kind === CHIP.erase) chip.erase(frame.integer(), frame.integer());
      else if (frame.kind === FROM_BOARD.log) this.#say(frame.text());
      else if (frame.kind === FROM_BOARD.serial) this.#serial = frame.integer();
      else if (frame.kind === FROM_BOARD.restart) this.#restart();
      else if (frame.kind !== FROM_BOARD.setTime) this.#network?.receive(frame);
    } catch (error) {
      this.#ended(String(error)); // no power any more, or a write to what was not erased
    }
  }

  #say(text: string): void {
    const lines = (this.#text + text).split('\n');
    this.#text = lines.pop()!;
    for (const line of lines) this.#options.onLine(line);
  }

  #restart(): void {
    this.kill();
    this.start();
  }

  #ended(reason: string): void {
    this.kill();
    this.#options.onEnd?.(reason);
  }
}
