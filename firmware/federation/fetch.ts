/**
 * Gets a planned model into flash: as a delta where the server has one from the model that the board
 * holds, else whole. A delta that is wrong, damaged or does not come is given up for the whole model;
 * that is asked for until it comes. Begins with `start`, ends with the call of `onHeld` or with `stop`.
 * @module
 */
import type { ModelName } from '../../shared/protocol/model.js';
import type { Clock, Log, MessageSink, Timer } from '../ports/ports.js';
import type { Download } from './download.js';
import { guarded, reasonOf } from './guard.js';
import type { Link } from './link.js';
import { Slices } from './slices.js';
import type { ModelSlots } from './slots.js';

export interface FetchPorts {
  readonly link: Link;
  readonly slots: ModelSlots;
  readonly clock: Clock;
  readonly log: Log;
  readonly topics: { readonly model: string; readonly delta: string };
  /** Without a byte for as long, something else is tried. */
  readonly downloadMs: number;
  readonly sliceMacs: number;
}

type State =
  | { readonly kind: 'idle' }
  | { readonly kind: 'receiving'; readonly what: 'model' | 'delta' }
  | { readonly kind: 'applying'; readonly slices: Slices<void> };

export class Fetch {
  readonly #name: ModelName;
  readonly #ports: FetchPorts;
  readonly #onHeld: () => void;
  #state: State = { kind: 'idle' };
  #watch: Timer | undefined;
  #isMoving = false; // a byte came since the last look

  /** @param onHeld called once, when the slots hold the model */
  constructor(name: ModelName, ports: FetchPorts, onHeld: () => void) {
    this.#name = name;
    this.#ports = ports;
    this.#onHeld = onHeld;
  }

  /** @param hasDelta whether the server has a delta from the held model */
  start(hasDelta: boolean): void {
    this.#receive(hasDelta ? 'delta' : 'model');
  }

  /** No callback follows. Safe to call twice. */
  stop(): void {
    const { link, topics } = this.#ports;
    if (this.#state.kind === 'receiving') link.unsubscribe(topics[this.#state.what]);
    if (this.#state.kind === 'applying') this.#state.slices.cancel();
    this.#watch?.cancel();
    this.#state = { kind: 'idle' };
  }

  /** @returns undefined for a message that is not wanted */
  message(topic: string, lengthBytes: number): MessageSink | undefined {
    const { topics } = this.#ports;
    if (this.#state.kind !== 'receiving' || topic !== topics[this.#state.what]) return undefined;
    return this.#state.what === 'model' ? this.#modelSink(lengthBytes) : this.#deltaSink(lengthBytes);
  }

  #receive(what: 'model' | 'delta'): void {
    const { link, topics } = this.#ports;
    this.stop();
    this.#state = { kind: 'receiving', what };
    link.subscribe(topics[what]);
    this.#watchOver(what);
  }

  /** A model that was lost or damaged on its way is asked for again, a delta is not. */
  #watchOver(what: 'model' | 'delta'): void {
    const { link, clock, log, topics, downloadMs } = this.#ports;
    this.#isMoving = false;
    const look = guarded(log, 'download', () => {
      if (!this.#isMoving && what === 'delta') {
        this.#giveUp(`nothing in ${downloadMs} ms`);
        return;
      }
      if (!this.#isMoving) link.subscribe(topics.model);
      this.#watchOver(what);
    });
    this.#watch = clock.after(downloadMs, look);
  }

  #modelSink(lengthBytes: number): MessageSink {
    const state = this.#state;
    const download = this.#ports.slots.receive(this.#name, lengthBytes);
    return {
      write: (bytes) => {
        if (this.#state !== state) return;
        download.write(bytes);
        this.#isMoving = true;
      },
      end: () => {
        if (this.#state !== state) return;
        download.finish();
        this.#held();
      },
    };
  }

  #deltaSink(lengthBytes: number): MessageSink {
    const state = this.#state;
    const step = (action: () => void) => {
      if (this.#state !== state) return;
      try {
        action();
      } catch (error) {
        this.#giveUp(reasonOf(error));
      }
    };
    let download: Download | undefined;
    step(() => {
      download = this.#ports.slots.receiveDelta(this.#name, lengthBytes);
    });
    return {
      write: (bytes) =>
        step(() => {
          download?.write(bytes);
          this.#isMoving = true;
        }),
      end: () =>
        step(() => {
          download?.finish();
          this.#apply(lengthBytes);
        }),
    };
  }

  /** The delta is whole: nothing more is needed from the network. */
  #apply(deltaBytes: number): void {
    const { slots, clock, log, sliceMacs } = this.#ports;
    this.stop();
    const work = slots.apply(this.#name, deltaBytes, sliceMacs);
    const slices = new Slices(clock, work, sliceMacs, {
      onDone: () => this.#held(),
      onFailed: (error) => {
        if (this.#state.kind === 'applying') this.#giveUp(reasonOf(error));
        else log.line(`model held, but: ${reasonOf(error)}`);
      },
    });
    this.#state = { kind: 'applying', slices };
  }

  #giveUp(reason: string): void {
    this.#ports.log.line(`delta not used: ${reason}`);
    this.#receive('model');
  }

  #held(): void {
    this.stop();
    this.#onHeld();
  }
}
