/**
 * Everything that the rounds get from outside: disk, network, time, a test set. Interfaces only,
 * so that the rules of a federation run the same in the broker, in an experiment and in a test.
 * @module
 */
import type { Power } from '../../shared/fixed/power.js';
import type { LayerCounts } from '../../shared/model/method.js';
import type { Model } from '../../shared/model/model.js';
import type { Metrics } from '../../shared/protocol/metrics.js';
import type { ModelHash } from '../../shared/protocol/model.js';
import type { VerdictKind } from '../../shared/protocol/verdict.js';
import type { DeviceRecord } from './clients.js';
import type { RoundSummary } from './event.js';

/** The durable state of one federation. What a call has written is durable when it returns. */
export interface Store {
  /** What an earlier process left, or the beginnings of a new federation. */
  load(): SavedState;
  /** The first model: round 0. Once, before the first round. */
  saveInitialModel(frame: Uint8Array): void;
  /** A round begins: its plan is on disk before any board can see it. */
  announce(round: OpenRound): void;
  /** Durable when resolved; calls that follow each other closely share one transaction. */
  accept(update: SavedUpdate): Promise<void>;
  /** Resolves when everything given to `accept` and `saveDevice` so far is durable; at once if nothing waits. */
  settled(): Promise<void>;
  /** The accepted set is final. Includes what still waits in `accept`. */
  seal(round: number, attempt: number): void;
  /** The round has its model. Only after this may anyone see the model. @param optimizer state of the server's */
  commit(summary: RoundSummary, frame: Uint8Array, optimizer: Uint8Array): void;
  abandon(round: number, attempt: number): void;
  /** The last model, under a name that people look for. */
  saveFinalModel(frame: Uint8Array): void;
  /** A device that is in the registry no more. Written as `saveDevice` is. */
  forgetDevice(device: string): void;
  /** Remembers a device; written together with the next updates, lost only if the power goes first. */
  saveDevice(record: DeviceRecord): void;
  /** What a round cost a device: its last rounds are kept. Nobody waits for it; lost if the power goes first. */
  saveMetrics(record: MetricsRecord): void;
  /** One more refused update. Written as `saveDevice` is. */
  saveRefusal(device: string, reason: VerdictKind): void;
}

export interface MetricsRecord {
  readonly device: string;
  readonly seenMs: number; // since 1970
  readonly metrics: Metrics;
}

/** Updates of a device that were refused. */
export interface Refusals {
  readonly device: string;
  readonly count: number;
  readonly reason: VerdictKind; // of the last one
}

export interface SavedState {
  readonly federation: number; // uint32, drawn when the store was made and its own for ever
  readonly devices: readonly DeviceRecord[];
  readonly committed: readonly RoundSummary[]; // ascending rounds
  readonly model?: Uint8Array; // frame of the last committed round, of round 0 before that; none in a new folder
  readonly modelBefore?: Uint8Array; // frame of the round before that one, where it is still kept
  readonly optimizer?: Uint8Array; // committed with that model; none before the first
  readonly open?: OpenRound & { readonly isSealed: boolean; readonly updates: readonly SavedUpdate[] };
  readonly lastAttempt: number; // at the round after the last committed one, 0 when never announced
}

export interface OpenRound {
  readonly round: number;
  readonly attempt: number;
  readonly cohort: number; // boards drawn
  readonly goal: number;
  readonly minimum: number;
  readonly announcedMs: number; // since 1970
  readonly planFrame: Uint8Array;
}

export interface SavedUpdate {
  readonly device: string;
  readonly round: number;
  readonly attempt: number;
  readonly frame: Uint8Array;
}

/**
 * The way down to the boards. Frames leave in the order of the calls and must not change
 * afterwards. Each call resolves when its frame was handed to the network, not when it arrived.
 */
export interface Publisher {
  publishModel(frame: Uint8Array): Promise<void>; // retained
  publishDelta(frame: Uint8Array): Promise<void>; // retained
  publishPlan(frame: Uint8Array): Promise<void>; // retained
  publishVerdict(device: string, frame: Uint8Array): Promise<void>;
  /** Payload bytes given to boards since the start: every copy counts. */
  bytesSent(): number;
}

/** Monotonic time, timers, and the time of day for the records of devices. None of it touches a weight. */
export interface Clock {
  nowMs(): number;
  dateMs(): number; // since 1970
  after(delayMs: number, callback: () => void): Timer;
}

export interface Timer {
  cancel(): void;
}

/** Tests a model on examples that no board has; with the plan's counts, so as the boards would run it. */
export type Evaluate = (model: Model, layers: readonly LayerCounts[], power: Power) => Score;

export interface Score {
  readonly count: number;
  readonly correct: number;
  readonly loss: number; // mean, nats
}

export type HashFrame = (frame: Uint8Array) => ModelHash;

/** What boards say of their data; where nobody listens it is dropped. */
export interface DataUplinks {
  /** Resolves when the answer is on its way. */
  receiveEnrol?(device: string, frame: Uint8Array): Promise<void>;
  /** Resolves when the sums are durable. */
  receiveMoments?(device: string, frame: Uint8Array): Promise<void>;
  receivePrediction?(device: string, frame: Uint8Array): void;
}

/** What boards say, already attributed to the device whose connection said it. */
export interface Uplinks {
  /** Resolves when the update is durably accepted or refused. The bytes belong to the callee. */
  receiveUpdate(device: string, frame: Uint8Array): Promise<void>;
  receiveStatus(device: string, frame: Uint8Array): Promise<void>;
  receiveMetrics(device: string, frame: Uint8Array): void;
  /** The connection is gone, with or without a will. */
  receiveGone(device: string): void;
  /** Whether an update of this device was ever accepted: it is no stranger. */
  hasReported(device: string): boolean;
}
