/**
 * What the stand-ins of one board share: its timers, its handles and what the emulator said at the start. It
 * lies in the board's RAM; the modules themselves lie in its flash and hold nothing.
 * @module
 */
import { globals, type Host } from '../xs/native.js';

export interface Partition {
  readonly name: string;
  readonly offset: number; // in the chip
  readonly bytes: number;
}

/** One waiting timer. */
export interface Pending {
  dueMs: number;
  repeatMs: number; // 0: once
  readonly run: (timer: Pending) => void;
}

/** Reads the parts of the frame in hand. */
export type Receive = (kind: number) => void;

export class Machine {
  readonly host: Host;
  readonly mac: string;
  readonly partitions: readonly Partition[];
  readonly #receivers = new Map<number, Receive>();
  #timers: Pending[] = []; // the next one first
  readonly #speed: number;
  #handles = 0;
  #isOn = true;

  /** Reads the frame `boot`. */
  constructor(host: Host) {
    this.host = host;
    this.mac = host.text();
    this.#speed = host.integer();
    this.partitions = Array.from({ length: host.integer() }, () => ({
      name: host.text(),
      offset: host.integer(),
      bytes: host.integer(),
    }));
  }

  /** The board's clock, which may go faster than that of the world. */
  nowMs(): number {
    return this.host.nowMs() * this.#speed;
  }

  /** @returns a new handle, whose frames go to `receive` until `forget` */
  handle(receive: Receive): number {
    this.#handles += 1;
    this.#receivers.set(this.#handles, receive);
    return this.#handles;
  }

  forget(handle: number): void {
    this.#receivers.delete(handle);
  }

  receive(kind: number): void {
    if (this.#isOn) this.#receivers.get(this.host.integer())?.(kind);
  }

  schedule(timer: Pending, delayMs: number): void {
    this.cancel(timer);
    timer.dueMs = this.nowMs() + delayMs;
    let at = this.#timers.length;
    while (at > 0 && this.#timers[at - 1].dueMs > timer.dueMs) at--;
    this.#timers.splice(at, 0, timer);
  }

  cancel(timer: Pending): void {
    const place = this.#timers.indexOf(timer);
    if (place >= 0) this.#timers.splice(place, 1);
  }

  /** Runs what is due; what that asks for waits for the next turn. @returns ms of the world to the next timer, or -1 */
  turn(): number {
    const nowMs = this.nowMs();
    for (let left = this.#timers.length; left > 0 && this.#isOn; left--) {
      const next = this.#timers[0];
      if (next === undefined || next.dueMs > nowMs) break;
      this.#timers.shift();
      if (next.repeatMs > 0) this.schedule(next, next.repeatMs);
      next.run(next);
    }
    if (this.#timers.length === 0 || !this.#isOn) return -1;
    return Math.max(0, (this.#timers[0].dueMs - this.nowMs()) / this.#speed);
  }

  /** Nothing runs any more until the emulator starts the board anew. */
  halt(): void {
    this.#isOn = false;
  }
}

interface MachineGlobals {
  machine: Machine | undefined;
}

/** The board that runs. */
export function machine(): Machine {
  return globals<MachineGlobals>().machine!;
}

export function setMachine(machine: Machine): void {
  globals<MachineGlobals>().machine = machine;
}

export function isBooted(): boolean {
  return globals<MachineGlobals>().machine !== undefined;
}
