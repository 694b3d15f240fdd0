/**
 * A coordinator on a real data folder, without sockets: time is moved by hand, what it publishes
 * is kept, boards speak through it.
 */

import { Coordinator } from '../../../broker/rounds/coordinator.js';
import type { FederationEvent } from '../../../broker/rounds/event.js';
import type { Clock, Evaluate, Publisher, Store } from '../../../broker/rounds/ports.js';
import type { RoundSettings } from '../../../broker/rounds/settings.js';
import { hashFrame } from '../../../broker/storage/hash.js';
import { FolderStore } from '../../../broker/storage/store.js';
import { formatDescription } from '../../../shared/model/description.js';
import type { Model } from '../../../shared/model/model.js';
import { decodeModel } from '../../../shared/protocol/model.js';
import { decodePlan, type Plan } from '../../../shared/protocol/plan.js';
import type { Update } from '../../../shared/protocol/update.js';
import { decodeVerdict, type Verdict, type VerdictKind } from '../../../shared/protocol/verdict.js';
import { description, firstModel, statusFrame, TASK_SEED, updateFrame } from '../task.js';

/** Time stands still unless moved; a delay of 0 is the next turn of the real event loop. */
class HandClock implements Clock {
  #now: number;
  #timers: { at: number; callback: () => void }[] = [];

  constructor(now: number) {
    this.#now = now;
  }

  nowMs(): number {
    return this.#now;
  }

  dateMs(): number {
    return 1_700_000_000_000 + this.#now;
  }

  after(delayMs: number, callback: () => void) {
    if (delayMs === 0) {
      const next = setImmediate(callback);
      return { cancel: () => clearImmediate(next) };
    }
    const timer = { at: this.#now + delayMs, callback };
    this.#timers.push(timer);
    return {
      cancel: () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
      },
    };
  }

  advance(ms: number): void {
    this.#now += ms;
    const due = this.#timers.filter((timer) => timer.at <= this.#now);
    this.#timers = this.#timers.filter((timer) => timer.at > this.#now);
    for (const { callback } of due) callback();
  }
}

type Sent = { kind: 'model' | 'delta' | 'plan' | 'verdict'; frame: Uint8Array };

export class Room implements Publisher {
  readonly clock: HandClock;
  readonly store: FolderStore;
  readonly coordinator: Coordinator;
  readonly events: FederationEvent[] = [];
  readonly sent: Sent[] = [];
  readonly verdicts: ({ readonly device: string } & Verdict)[] = [];
  failure: Error | undefined;

  /** @param options wrap puts something between coordinator and data folder; startMs is the time, from 0 */
  constructor(
    folder: string,
    settings: RoundSettings,
    options: { wrap?: (store: Store) => Store; evaluate?: Evaluate; startMs?: number } = {},
  ) {
    this.clock = new HandClock(options.startMs ?? 0);
    this.store = new FolderStore(folder, {
      task: 'test',
      taskSeed: TASK_SEED,
      description: formatDescription(description),
      preset: 'sparrow',
      density: 0.5,
      power: 1,
    });
    const ports = {
      store: options.wrap?.(this.store) ?? this.store,
      publisher: this,
      clock: this.clock,
      hashFrame,
      evaluate: options.evaluate,
      onEvent: (event: FederationEvent) => this.events.push(event),
      onFailure: (error: Error) => {
        this.failure = error;
      },
    };
    this.coordinator = new Coordinator(settings, ports, firstModel());
    this.coordinator.start();
  }

  // What the coordinator publishes

  async publishModel(frame: Uint8Array): Promise<void> {
    this.sent.push({ kind: 'model', frame });
  }

  async publishDelta(frame: Uint8Array): Promise<void> {
    this.sent.push({ kind: 'delta', frame });
  }

  async publishPlan(frame: Uint8Array): Promise<void> {
    this.sent.push({ kind: 'plan', frame });
  }

  async publishVerdict(device: string, frame: Uint8Array): Promise<void> {
    this.sent.push({ kind: 'verdict', frame });
    this.verdicts.push({ device, ...decodeVerdict(frame) });
  }

  bytesSent(): number {
    return this.sent.reduce((sum, { frame }) => sum + frame.length, 0);
  }

  get modelFrame(): Uint8Array {
    return this.#last('model');
  }

  get deltaFrame(): Uint8Array {
    return this.#last('delta');
  }

  get model(): Model {
    return decodeModel(this.modelFrame);
  }

  get planFrame(): Uint8Array {
    return this.#last('plan');
  }

  get plan(): Plan {
    return decodePlan(this.planFrame);
  }

  /** Kinds of events so far, without what boards said. */
  get story(): string[] {
    return this.events
      .map((event) => event.kind)
      .filter((kind) => kind !== 'device' && kind !== 'report' && kind !== 'metrics');
  }

  of<K extends FederationEvent['kind']>(kind: K): Extract<FederationEvent, { kind: K }>[] {
    return this.events.filter((event) => event.kind === kind) as Extract<FederationEvent, { kind: K }>[];
  }

  // What boards do

  /** They join and say they are ready; the coordinator has had its turns when this resolves. */
  async ready(names: readonly string[]): Promise<void> {
    await Promise.all(names.map((name) => this.coordinator.receiveStatus(name, statusFrame('ready'))));
    await turns();
  }

  /** Sends the update that the present plan asks for, and returns the verdict. */
  async report(device: string, changes: Partial<Update> = {}): Promise<VerdictKind> {
    return this.tell(device, updateFrame(this.plan, this.model, device, changes));
  }

  async tell(device: string, frame: Uint8Array): Promise<VerdictKind> {
    const before = this.verdicts.length;
    await this.coordinator.receiveUpdate(device, frame);
    await turns();
    return this.verdicts[before].kind;
  }

  async reportAll(names: readonly string[]): Promise<void> {
    const { plan, model } = this;
    const frames = names.map((name) => updateFrame(plan, model, name));
    await Promise.all(names.map((name, i) => this.coordinator.receiveUpdate(name, frames[i])));
    await turns();
  }

  async advance(ms: number): Promise<void> {
    this.clock.advance(ms);
    await turns();
  }

  close(): void {
    this.coordinator.stop();
    this.store.close();
  }

  #last(kind: Sent['kind']): Uint8Array {
    const found = this.sent.findLast((message) => message.kind === kind);
    if (found === undefined) throw new Error(`no ${kind} published`);
    return found.frame;
  }
}

/** Lets everything that waits for a turn of the event loop have it. */
export async function turns(): Promise<void> {
  for (let i = 0; i < 8; i++) await new Promise(setImmediate);
}
