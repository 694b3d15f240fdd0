/**
 * A board as a client of the federation. It reads the plan; while it is in the cohort it fetches the
 * planned model if it lacks it (`fetch.ts`), trains, reports, and waits for the verdict. Training goes on while
 * the connection is lost, and nothing needs to be remembered over a restart but the model: the same
 * plan gives the same update, byte for byte.
 *
 * The plan in force is the one that came last. The client never compares rounds: the server may
 * begin again.
 * @module
 */
import { frozen } from '../../shared/fixed/frozen.js';
import type { BoardProfile } from '../../shared/model/boards.js';
import { checkMemory, memoryOf } from '../../shared/model/memory.js';
import { isInCohort } from '../../shared/protocol/cohort.js';
import { deviceHash } from '../../shared/protocol/device.js';
import { frameCrc } from '../../shared/protocol/frame.js';
import { NO_MODEL } from '../../shared/protocol/model.js';
import { decodePlan, type Plan } from '../../shared/protocol/plan.js';
import { deviceTopic, taskTopic } from '../../shared/protocol/topics.js';
import { decodeVerdict, isCounted, type Verdict } from '../../shared/protocol/verdict.js';
import type { Examples, MessageSink, Ports } from '../ports/ports.js';
import type { Companion, LastModel, RoundView } from './companion.js';
import { Fetch } from './fetch.js';
import { reasonOf } from './guard.js';
import { collect } from './inbox.js';
import { Link } from './link.js';
import type { LocalResult, RoundWork } from './localround.js';
import type { Settings } from './settings.js';
import { Slices } from './slices.js';
import { ModelSlots } from './slots.js';
import { type ClientState, deviceStateOf, isSameWork, planOf } from './state.js';
import { type Said, statusFrame, Telemetry } from './telemetry.js';

/**
 * A client's computing in a round, as a port; `localRound` is the one of a board. Its result depends on
 * nothing but the work, and it yields what it spent since the last yield.
 */
export type LocalWork = (work: RoundWork) => Generator<number, LocalResult>;

export interface LocalExamples extends Examples {
  /** Whether they are such as a plan means; left out: they are no live windows. @param windows of the plan */
  isMeant?(windows: number | undefined): boolean;
}

export interface ClientOptions {
  readonly ports: Ports;
  readonly settings: Settings;
  readonly profile: BoardProfile;
  readonly localWork: LocalWork;
  /** What it learns from; that of the ports when left out. They may change between two rounds. */
  readonly examples?: LocalExamples;
  /** Others that use the same connection. */
  readonly companions?: readonly Companion[];
}

/** Of its own. */
type ClientTopic = 'plan' | 'model' | 'delta' | 'update' | 'verdict' | 'status' | 'metrics';

/** A plan with the longest cohort list and the most layers takes about 1.3 KB, a verdict far less. */
const MESSAGE_BYTES = 2048;

/** Of a board without data: it is never asked. */
const NO_EXAMPLES: Examples = frozen({ count: 0, features: 0, signed: false, classes: 0, read: () => 0 });

/** Under one plan and connection. A frame that the server can never read must not be sent for ever. */
const MAX_REPEATS = 10;

export class Client implements RoundView {
  readonly #options: ClientOptions;
  readonly #hash: number;
  readonly #examples: LocalExamples;
  readonly #topics: Readonly<Record<ClientTopic, string>>;
  readonly #link: Link;
  readonly #telemetry: Telemetry;
  readonly #slots: ModelSlots;
  #state: ClientState = { kind: 'stopped' };
  #later: Plan | undefined; // asks for this board, which has not the examples for it yet
  #check: Slices<void> | undefined;
  #repeats = 0; // of what the server could not read, under this plan and connection

  /** @throws RangeError when a name of the ports cannot stand in a topic */
  constructor(options: ClientOptions) {
    const { ports, settings } = options;
    const { device } = ports.identity;
    const { task, transport, clock, entropy, log } = ports;
    this.#options = options;
    this.#hash = deviceHash(device);
    this.#examples = options.examples ?? ports.examples ?? NO_EXAMPLES;
    this.#topics = {
      plan: taskTopic('plan', task),
      model: taskTopic('model', task),
      delta: taskTopic('delta', task),
      update: deviceTopic('update', task, device),
      verdict: deviceTopic('verdict', task, device),
      status: deviceTopic('status', task, device),
      metrics: deviceTopic('metrics', task, device),
    };
    this.#slots = new ModelSlots(ports.flash);
    const will = { topic: this.#topics.status, payload: statusFrame(ports, this.#said()) }; // stopped: 'gone'
    this.#link = new Link({ transport, clock, entropy, log, settings, clientId: device, will });
    this.#telemetry = new Telemetry(ports, this.#link, this.#topics);
  }

  /** What the client is doing, for tests and displays. */
  get state(): ClientState['kind'] {
    return this.#state.kind;
  }

  get isIdle(): boolean {
    return this.#state.kind === 'waiting' || this.#state.kind === 'done';
  }

  get lastModel(): LastModel | undefined {
    const { held } = this.#slots;
    return this.#state.kind === 'done' && held !== undefined
      ? { plan: this.#state.plan, source: held.source }
      : undefined;
  }

  refresh(): void {
    this.#sendStatus();
    if (this.#later !== undefined) this.#plan(this.#later);
  }

  start(): void {
    if (this.#state.kind !== 'stopped') throw new RangeError(`client ${this.#state.kind}, expected stopped`);
    this.#state = { kind: 'joining' };
    const { clock } = this.#options.ports;
    this.#check = new Slices(clock, this.#slots.check(), 1, {
      onDone: () => this.#join(),
      onFailed: (error) => {
        this.#log(`model in flash not used: ${reasonOf(error)}`);
        this.#join();
      },
    });
  }

  stop(): void {
    for (const companion of this.#companions) companion.stop();
    this.#check?.cancel();
    this.#leave();
    this.#state = { kind: 'stopped' };
    this.#link.stop();
    this.#options.ports.indicator?.show('stopped');
  }

  #join(): void {
    this.#link.subscribe(this.#topics.plan);
    this.#link.subscribe(this.#topics.verdict);
    for (const companion of this.#companions) companion.start(this.#link, this);
    this.#link.start({
      onUp: () => this.#up(),
      onDown: () => this.#show(),
      onMessage: (topic, lengthBytes) => this.#message(topic, lengthBytes),
    });
  }

  #up(): void {
    if (this.#state.kind === 'joining') this.#state = { kind: 'waiting' };
    this.#repeats = 0;
    this.#sendStatus();
    this.#report();
    this.#show();
    for (const companion of this.#companions) companion.onUp();
  }

  get #companions(): readonly Companion[] {
    return this.#options.companions ?? [];
  }

  #message(topic: string, lengthBytes: number): MessageSink | undefined {
    const sink = this.#sinkOf(topic, lengthBytes);
    return (
      sink && {
        write: (bytes) => {
          this.#telemetry.heard(bytes.length);
          sink.write(bytes);
        },
        end: () => sink.end(),
      }
    );
  }

  #sinkOf(topic: string, lengthBytes: number): MessageSink | undefined {
    const { plan, verdict } = this.#topics;
    if (topic === plan) return collect(lengthBytes, MESSAGE_BYTES, (bytes) => this.#plan(decodePlan(bytes)));
    if (topic === verdict) {
      return collect(lengthBytes, MESSAGE_BYTES, (bytes) => this.#verdict(decodeVerdict(bytes)));
    }
    if (topic === this.#topics.model || topic === this.#topics.delta) {
      return this.#state.kind === 'downloading' ? this.#state.fetch.message(topic, lengthBytes) : undefined;
    }
    for (const companion of this.#companions) {
      const sink = companion.onMessage(topic, lengthBytes);
      if (sink !== undefined) return sink;
    }
    return undefined;
  }

  #plan(plan: Plan): void {
    if (isSameWork(planOf(this.#state), plan)) return; // QoS 1 may repeat, a retained one comes again
    this.#repeats = 0;
    const isAsked = isInCohort(plan.cohort, this.#hash);
    const isMeant = this.#examples.isMeant?.(plan.windows) ?? plan.windows === undefined;
    const hasExamples = isMeant && this.#examples.count > 0;
    this.#later = isAsked && !hasExamples ? plan : undefined;
    if (!isAsked || !hasExamples) this.#enter({ kind: 'waiting' });
    else if (this.#slots.holds(nameOf(plan))) this.#train(plan);
    else this.#download(plan);
  }

  #download(plan: Plan): void {
    const { ports, settings, profile } = this.#options;
    const { clock, log } = ports;
    const slots = this.#slots;
    const fetch = new Fetch(
      nameOf(plan),
      {
        ...{ link: this.#link, slots, clock, log, topics: this.#topics },
        downloadMs: settings.downloadMs,
        sliceMacs: profile.sliceMacs,
      },
      () => this.#train(plan),
    );
    this.#enter({ kind: 'downloading', plan, fetch });
    fetch.start(plan.deltaBase !== undefined && plan.deltaBase === slots.held?.hash);
  }

  #train(plan: Plan): void {
    const { ports, profile } = this.#options;
    const slices = new Slices(ports.clock, this.#work(plan), profile.sliceMacs, {
      onDone: (result, cost) => {
        this.#enter({ kind: 'reporting', plan, result, cost });
        this.#report();
      },
      onFailed: (error) => {
        this.#log(`round ${plan.round} failed: ${reasonOf(error)}`);
        this.#enter({ kind: 'done', plan, outcome: 'failed' });
      },
    });
    this.#enter({ kind: 'training', plan, slices });
  }

  /** @throws RangeError with the sum, when the board has not the memory for it (law 4) */
  *#work(plan: Plan): Generator<number, LocalResult> {
    const { ports, profile, localWork } = this.#options;
    const { identity } = ports;
    const examples = this.#examples;
    const { source: model } = this.#slots.held!; // the caller saw that it is the planned one
    const { layout } = model.head;
    if (plan.layers.length !== layout.layers.length) {
      throw new RangeError(`plan of ${plan.layers.length} layers, expected ${layout.layers.length}`);
    }
    checkMemory(memoryOf(layout, plan.method.batch, plan.layers, examples.count, plan.method), profile);
    const { sliceMacs } = profile;
    return yield* localWork({ plan, device: identity.device, model, examples, sliceMacs });
  }

  /** Sends the update that waits for its verdict, if there is one; again after every reconnect. */
  #report(): void {
    if (this.#state.kind !== 'reporting' || !this.#link.isUp) return;
    const { plan, result, cost } = this.#state;
    this.#telemetry.send(this.#topics.update, result.frame, 1);
    if (cost === undefined) return;
    this.#telemetry.sendMetrics(plan, result, cost);
    this.#state = { kind: 'reporting', plan, result };
  }

  #verdict(verdict: Verdict): void {
    const { round, attempt, kind } = verdict;
    this.#log(`round ${round} attempt ${attempt}: ${kind}`);
    if (kind === 'malformed' && round === 0) this.#repeat();
    else if (this.#isOnWork(verdict))
      this.#enter({ kind: 'done', plan: planOf(this.#state)!, outcome: kind });
  }

  /**
   * Whether a verdict ends the present work. While training there is no update yet that it could name: one of an
   * earlier life, before a restart, may have been counted; a refusal of anything earlier says nothing of this plan.
   */
  #isOnWork({ update, round, attempt, kind }: Verdict): boolean {
    const state = this.#state;
    if (state.kind === 'reporting') return update === frameCrc(state.result.frame);
    if (state.kind !== 'training' || !isCounted(kind)) return false;
    return state.plan.round === round && state.plan.attempt === attempt;
  }

  /**
   * A message arrived damaged, and so the server cannot tell which: says again what matters, as after a
   * reconnect. Whoever had it already takes it for a duplicate.
   */
  #repeat(): void {
    if (this.#repeats < MAX_REPEATS) {
      this.#repeats += 1;
      this.#sendStatus();
      this.#report();
    } else if (this.#state.kind === 'reporting') {
      this.#enter({ kind: 'done', plan: this.#state.plan, outcome: 'malformed' });
    }
  }

  /** The only way from one state to another while running. */
  #enter(state: ClientState): void {
    const before = deviceStateOf(this.#state);
    this.#leave();
    this.#state = state;
    if (!this.isIdle) for (const companion of this.#companions) companion.onRound?.();
    if (deviceStateOf(state) !== before) this.#sendStatus();
    this.#show();
  }

  #show(): void {
    const { indicator } = this.#options.ports;
    const state = this.#state;
    if (!this.#link.isUp) indicator?.show('offline');
    else indicator?.show(state.kind === 'done' && deviceStateOf(state) !== 'done' ? 'failed' : state.kind);
  }

  /** Ends what the present state has begun. */
  #leave(): void {
    if (this.#state.kind === 'training') this.#state.slices.cancel();
    if (this.#state.kind === 'downloading') this.#state.fetch.stop();
  }

  #sendStatus(): void {
    this.#telemetry.sendStatus(this.#said());
  }

  #said(): Said {
    const { held } = this.#slots;
    return { state: this.#state, examples: this.#examples.count, modelHash: held?.hash ?? NO_MODEL };
  }

  #log(text: string): void {
    this.#options.ports.log.line(text);
  }
}

function nameOf({ modelHash, modelCrc }: Plan) {
  return { hash: modelHash, crc: modelCrc };
}
