/**
 * What a person may want to know about a federation while it runs. Events only tell: nothing
 * depends on who listens.
 * @module
 */
import type { Metrics } from '../../shared/protocol/metrics.js';
import type { Prediction } from '../../shared/protocol/prediction.js';
import type { DeviceState } from '../../shared/protocol/status.js';
import type { VerdictKind } from '../../shared/protocol/verdict.js';

/** One committed round. Plain data: it is stored as JSON. */
export interface RoundSummary {
  readonly round: number;
  readonly attempt: number;
  readonly reported: number;
  readonly cohort: number;
  readonly loss: number; // mean training loss of the cohort in nats, weighted by examples
  readonly accuracy?: number; // of the new model on the server's test set, 0 to 1; none without one
  readonly testLoss?: number; // nats, same set
  readonly heldBackAccuracy?: number; // of the base model on examples that boards held back, 0 to 1
  readonly bytesUp: number; // update frames of the accepted reports
  readonly bytesDown: number; // payloads given to boards while the round was open
  readonly macsPerExample: number; // multiply-accumulates of training, mean over the cohort
  readonly denseMacsPerExample: number;
  readonly ms: number; // announcement to commit, in the process that committed
}

export type FederationEvent =
  | { readonly kind: 'started'; readonly rounds: number; readonly committed: number }
  | { readonly kind: 'waiting'; readonly ready: number; readonly wanted: number }
  | { readonly kind: 'announced'; readonly round: number; readonly attempt: number; readonly cohort: number }
  | {
      readonly kind: 'report';
      readonly round: number;
      readonly device: string;
      readonly verdict: VerdictKind;
      readonly reported: number;
      readonly goal: number;
    }
  | { readonly kind: 'device'; readonly device: string; readonly state: DeviceState }
  | { readonly kind: 'metrics'; readonly device: string; readonly metrics: Metrics }
  | DealEvent
  | LiveEvent
  | ({ readonly kind: 'committed' } & RoundSummary)
  | {
      readonly kind: 'abandoned';
      readonly round: number;
      readonly attempt: number;
      readonly reported: number;
      readonly minimum: number;
    }
  | ({ readonly kind: 'finished' } & FederationSummary);

/** A board without examples asked for some. */
export type DealEvent =
  | {
      readonly kind: 'dealt';
      readonly device: string;
      readonly part: number; // from 0
      readonly parts: number;
      readonly dealt: number; // of them, so far
    }
  | { readonly kind: 'not dealt'; readonly device: string; readonly reason: string };

/** The sensor of a board in a live task. */
export type LiveEvent =
  | { readonly kind: 'moments'; readonly device: string; readonly values: number; readonly devices: number } // so far
  | { readonly kind: 'normalised'; readonly devices: number } // whose sums made the normalisation
  | ({ readonly kind: 'prediction'; readonly device: string } & Prediction);

export interface FederationSummary {
  readonly rounds: number;
  readonly accuracy?: number; // of the final model, 0 to 1
  readonly bytesUp: number; // over all rounds
  readonly bytesDown: number;
  readonly ms: number;
}

export function summarize(committed: readonly RoundSummary[]): FederationSummary {
  const total = (of: (round: RoundSummary) => number) => committed.reduce((sum, round) => sum + of(round), 0);
  return {
    rounds: committed.length,
    accuracy: committed.at(-1)?.accuracy,
    bytesUp: total((round) => round.bytesUp),
    bytesDown: total((round) => round.bytesDown),
    ms: total((round) => round.ms),
  };
}
