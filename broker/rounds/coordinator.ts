/**
 * The federation, round after round: gather boards, announce, collect, seal, aggregate, commit or
 * abandon, publish. It decides the order in which things become durable, counted and visible;
 * who does them is behind ports. It knows no MQTT, disk or clock.
 * Source: Bonawitz et al. 2019, "Towards federated learning at scale", section 2.
 * @module
 */
import { mix } from '../../shared/fixed/random.js';
import type { Model } from '../../shared/model/model.js';
import { planTraining, testedWith } from '../../shared/model/training.js';
import { ProtocolError } from '../../shared/protocol/error.js';
import { frameCrc } from '../../shared/protocol/frame.js';
import { decodeMetrics } from '../../shared/protocol/metrics.js';
import { encodePlan } from '../../shared/protocol/plan.js';
import { decodeStatus } from '../../shared/protocol/status.js';
import { encodeVerdict } from '../../shared/protocol/verdict.js';
import { type Base, baseOf, savedBase } from './base.js';
import { Clients, type DeviceRecord } from './clients.js';
import { drawCohort } from './cohort.js';
import { Collection, type Judgement, judgementOf } from './collection.js';
import { timeLeft } from './deadline.js';
import { type FederationEvent, type RoundSummary, summarize } from './event.js';
import { Gathering } from './gathering.js';
import type { Live } from './live.js';
import type { Clock, Evaluate, HashFrame, Publisher, SavedState, Store, Timer, Uplinks } from './ports.js';
import { Registry } from './registry.js';
import { checkRoundSettings, type RoundSettings } from './settings.js';

export interface CoordinatorPorts {
  readonly store: Store;
  readonly publisher: Publisher;
  readonly clock: Clock;
  readonly hashFrame: HashFrame;
  readonly evaluate?: Evaluate; // none where the server has no test set
  /** Where boards learn from their sensors. */
  readonly live?: Pick<Live, 'knows' | 'freeze'>;
  readonly onEvent: (event: FederationEvent) => void;
  /** The store failed: nothing more can be acknowledged, so nothing more is done. */
  readonly onFailure: (error: Error) => void;
}

type State = 'stopped' | 'gathering' | 'collecting' | 'closing' | 'finished' | 'failed';

export class Coordinator implements Uplinks {
  readonly #settings: RoundSettings;
  readonly #ports: CoordinatorPorts;
  readonly #registry: Registry;
  readonly #federation: number;
  readonly #committed: RoundSummary[];
  #state: State = 'stopped';
  #base: Base;
  #collection: Collection | undefined; // of the round in hand, until the next one is announced
  #durableReports = 0; // of that round
  #sinceMs = 0; // its announcement
  #bytesSent = 0; // when the round before it was committed
  #lastAttempt: number; // at the round in hand or the next one
  readonly #gathering: Gathering;
  #deadline: Timer | undefined;

  /**
   * Takes up what an earlier process left in the store, or begins with `initial`.
   * @throws RangeError for settings out of range
   */
  constructor(settings: RoundSettings, ports: CoordinatorPorts, initial: Model) {
    checkRoundSettings(settings);
    this.#settings = settings;
    this.#ports = ports;
    const saved = ports.store.load();
    this.#registry = new Registry(new Clients(saved.devices, settings.maxDevices), ports);
    this.#gathering = new Gathering(settings, {
      ready: () => this.#registry.ready().filter((device) => ports.live?.knows(device) ?? true),
      after: (delayMs, step) => this.#after(delayMs, step),
      onEnough: (ready) => this.#announce(ready),
      onWaiting: (ready, wanted) => this.#emit({ kind: 'waiting', ready, wanted }),
    });
    this.#federation = saved.federation;
    this.#committed = [...saved.committed];
    this.#lastAttempt = saved.lastAttempt;
    this.#base = this.#restoreBase(saved, initial);
    if (saved.open !== undefined) this.#restoreRound(saved.open);
  }

  get clients(): readonly DeviceRecord[] {
    return this.#registry.all();
  }

  get committed(): readonly RoundSummary[] {
    return this.#committed;
  }

  /** Publishes what is in force and goes on from there. Once. */
  start(): void {
    if (this.#state !== 'stopped') throw new RangeError(`coordinator ${this.#state}, expected stopped`);
    this.#emit({ kind: 'started', rounds: this.#settings.recipe.rounds, committed: this.#committed.length });
    this.#publishBase();
    if (this.#collection === undefined) this.#next();
    else this.#collect(this.#collection);
  }

  /** Stops the timers; an open round stays open on disk. */
  stop(): void {
    this.#state = 'stopped';
    this.#deadline?.cancel();
    this.#gathering.stop();
  }

  /** A board may be ready that was not, for a reason that the registry does not know. */
  lookAgain(): void {
    this.#gathering.lookSoon();
  }

  // What boards say

  async receiveUpdate(device: string, frame: Uint8Array): Promise<void> {
    const collection = this.#collection;
    const judgement = collection?.judge(device, frame) ?? judgementOf(frame, () => 'wrong round');
    const isAccepted = judgement.kind === 'accepted';
    this.#registry.worked(device, judgement.kind);
    if (collection !== undefined && isAccepted) await this.#keep(collection, device, frame);
    await this.#answer(device, judgement);
    this.#gathering.lookSoon();
  }

  async receiveStatus(device: string, frame: Uint8Array): Promise<void> {
    const status = readable(() => decodeStatus(frame));
    if (status === undefined) {
      await this.#answer(device, { update: 0, round: 0, attempt: 0, kind: 'malformed' });
      return;
    }
    this.#registry.heard(device, status);
    this.#gathering.lookSoon();
    await this.#durable();
  }

  receiveMetrics(device: string, frame: Uint8Array): void {
    const metrics = readable(() => decodeMetrics(frame));
    if (metrics === undefined) return; // lost ones are not missed
    const announced = this.#collection?.terms.round ?? this.#committed.length;
    if (metrics.round >= 1 && metrics.round <= announced) this.#registry.measured(device, metrics);
    this.#emit({ kind: 'metrics', device, metrics });
  }

  receiveGone(device: string): void {
    this.#registry.gone(device);
  }

  hasReported(device: string): boolean {
    return this.#registry.hasReported(device);
  }

  /** Makes an accepted update durable; the one that reaches the goal ends the round. */
  async #keep(collection: Collection, device: string, frame: Uint8Array): Promise<void> {
    const { round, attempt, goal } = collection.terms;
    await this.#durable(this.#ports.store.accept({ device, round, attempt, frame }));
    if (collection !== this.#collection) return; // the deadline came first, and took it along
    this.#durableReports += 1;
    if (this.#durableReports >= goal) this.#after(0, () => this.#close(collection));
  }

  /** A verdict leaves only when all that led to it is on disk: for a duplicate, its first copy. */
  async #answer(device: string, judgement: Judgement): Promise<void> {
    await this.#durable();
    const { round, kind } = judgement;
    const goal = this.#collection?.terms.goal ?? 0;
    this.#emit({ kind: 'report', round, device, verdict: kind, reported: this.#durableReports, goal });
    await this.#ports.publisher.publishVerdict(device, encodeVerdict(judgement));
  }

  // Gathering

  #next(): void {
    if (this.#committed.length >= this.#settings.recipe.rounds) {
      this.#finish();
      return;
    }
    this.#state = 'gathering';
    this.#gathering.begin();
  }

  #announce(ready: readonly string[]): void {
    const { taskSeed, recipe, minimum, deadlineMs } = this.#settings;
    const { model, frame, hash, delta } = this.#base;
    const round = this.#committed.length + 1;
    const attempt = this.#lastAttempt + 1;
    const cohort = Math.min(this.#settings.cohort, ready.length);
    const planFrame = encodePlan({
      federation: this.#federation,
      taskSeed,
      round,
      attempt,
      modelHash: hash,
      modelCrc: frameCrc(frame),
      deltaBase: delta?.base,
      cohort: drawCohort(mix(mix(taskSeed, round), attempt), ready, cohort),
      deadlineMs,
      ...planTraining(recipe, model.head.layout, round, model),
      windows: this.#ports.live?.freeze(),
    });
    const goal = Math.min(this.#settings.goal, cohort);
    const terms = {
      round,
      attempt,
      cohort,
      goal,
      minimum,
      announcedMs: this.#ports.clock.dateMs(),
      planFrame,
    };
    this.#ports.store.announce(terms);
    this.#lastAttempt = attempt;
    this.#durableReports = 0;
    this.#sinceMs = this.#ports.clock.nowMs();
    this.#collection = new Collection(terms, model);
    this.#emit({ kind: 'announced', round, attempt, cohort });
    this.#collect(this.#collection);
  }

  /** Opens a round to its cohort, or closes at once one that an earlier process left complete. */
  #collect(collection: Collection): void {
    const { round, terms } = collection;
    this.#state = 'collecting';
    if (round.isClosed || round.isFull) {
      this.#after(0, () => this.#close(collection));
      return;
    }
    void this.#ports.publisher.publishPlan(terms.planFrame);
    const { deadlineMs } = round.plan;
    if (deadlineMs > 0) {
      const leftMs = timeLeft(deadlineMs, this.#ports.clock.dateMs() - terms.announcedMs);
      this.#deadline = this.#after(leftMs, () => this.#close(collection));
    }
  }

  // Closing

  /** Goal reached or deadline passed, whichever comes first. */
  #close(collection: Collection): void {
    if (this.#state !== 'collecting' || this.#collection !== collection) return;
    this.#state = 'closing';
    this.#deadline?.cancel();
    const { round } = collection;
    if (!round.isClosed) this.#registry.blame(round); // sealed by an earlier process: it did that
    round.close();
    if (round.reported < round.minimum) this.#abandon(collection);
    else this.#commit(collection);
    this.#next();
  }

  #abandon({ terms: { round, attempt, minimum }, round: { reported } }: Collection): void {
    this.#ports.store.abandon(round, attempt);
    this.#emit({ kind: 'abandoned', round, attempt, reported, minimum });
  }

  #commit(collection: Collection): void {
    const { store, hashFrame } = this.#ports;
    const { round, attempt } = collection.terms;
    store.seal(round, attempt); // from here on the next model is decided
    const { model, state } = collection.result(this.#base.optimizer);
    const base = baseOf(model, state, this.#base, hashFrame);
    const summary = this.#summaryOf(collection, base.model);
    store.commit(summary, base.frame, state);
    this.#base = base;
    this.#committed.push(summary);
    this.#lastAttempt = 0;
    this.#publishBase();
    this.#emit({ kind: 'committed', ...summary });
  }

  /** Before the plan that names it. Where there is no delta an old one stays: boards see whence it leads. */
  #publishBase(): void {
    const { publisher } = this.#ports;
    const { frame, delta } = this.#base;
    void publisher.publishModel(frame);
    if (delta !== undefined) void publisher.publishDelta(delta.frame);
  }

  /** Tells the round to people, with the score of its model on the server's test set. */
  #summaryOf(collection: Collection, model: Model): RoundSummary {
    const { publisher, clock, evaluate } = this.#ports;
    const { layers, method } = collection.round.plan;
    const bytesBefore = this.#bytesSent;
    this.#bytesSent = publisher.bytesSent();
    return collection.summary({
      score: evaluate?.(model, testedWith(this.#settings.recipe, layers, model), method.power),
      bytesDown: this.#bytesSent - bytesBefore,
      ms: Math.round(clock.nowMs() - this.#sinceMs),
    });
  }

  #finish(): void {
    this.#state = 'finished';
    this.#ports.store.saveFinalModel(this.#base.frame);
    this.#emit({ kind: 'finished', ...summarize(this.#committed) });
  }

  // Restoring

  #restoreBase({ model: frame, modelBefore, optimizer }: SavedState, initial: Model): Base {
    const { store, hashFrame } = this.#ports;
    if (frame !== undefined) return savedBase(frame, optimizer, modelBefore, hashFrame);
    const base = baseOf(initial, undefined, undefined, hashFrame);
    store.saveInitialModel(base.frame);
    return base;
  }

  #restoreRound(open: NonNullable<SavedState['open']>): void {
    const collection = new Collection(open, this.#base.model);
    const { plan } = collection.round;
    if (plan.modelHash !== this.#base.hash) {
      throw new Error(`plan of round ${plan.round} for model ${plan.modelHash}, expected ${this.#base.hash}`);
    }
    for (const update of open.updates) collection.restore(update);
    if (open.isSealed) collection.round.close();
    this.#collection = collection;
    this.#durableReports = open.updates.length;
    this.#sinceMs = this.#ports.clock.nowMs();
  }

  // Ports

  /** Waits for the disk. A disk that fails ends the federation: nothing more could be acknowledged. */
  async #durable(written: Promise<void> = this.#ports.store.settled()): Promise<void> {
    try {
      await written;
    } catch (error) {
      this.#fail(error);
      throw error;
    }
  }

  #emit(event: FederationEvent): void {
    this.#ports.onEvent(event);
  }

  /** A step of the federation in a turn of its own: whoever caused it does not pay for it. */
  #after(delayMs: number, step: () => void): Timer {
    return this.#ports.clock.after(delayMs, () => {
      try {
        step();
      } catch (error) {
        this.#fail(error);
      }
    });
  }

  #fail(error: unknown): void {
    if (this.#state === 'failed') return;
    this.stop();
    this.#state = 'failed';
    this.#ports.onFailure(error instanceof Error ? error : new Error(String(error)));
  }
}

/** What a decoder makes of bytes from outside; undefined when it cannot read them. */
function readable<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return undefined;
  }
}
