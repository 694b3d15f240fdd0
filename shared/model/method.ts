/**
 * How a client trains and what it sends, in integers only: the server decides every count, so a
 * board needs no float and all boards agree. `presets.ts` makes these from a method's name.
 * @module
 */
import type { Power } from '../fixed/power.js';
import type { ValueBits } from './delta.js';

/** Which activations the weight gradient uses (DESIGN section 6; SWAT, Raihan & Aamodt 2020). */
export type ActivationChoice =
  /** every one */
  | 'all'
  /** each example keeps its largest; the others count as zero */
  | 'top-k'
  /**
   * the columns that any example of the batch keeps, with all activations of those columns; for a
   * convolution the values of its input, wherever a window reads them
   */
  | 'union';

/** What goes up (ZeroFL, section 5). */
export type UplinkChoice =
  /** every weight's difference to the base model */
  | 'all'
  /** the trained values of the largest weights */
  | 'top-k-weights'
  /** the same, but of the whole model: a layer may send none (SparsyFed, Guastella et al. 2025) */
  | 'global-top-k-weights'
  /** the differences at the places of the largest trained weights */
  | 'diff-on-top-k-weights'
  /** the largest differences */
  | 'top-k-weights-diff'
  /** the differences at the places of the round's mask, which are not sent; only its weights are in use */
  | 'mask';

/** Whether trained values go up, which replace the base's; else differences. */
export function sendsValues(uplink: UplinkChoice): boolean {
  return uplink === 'top-k-weights' || uplink === 'global-top-k-weights';
}

/** How the server merges a coordinate. */
export type MergeChoice =
  /** over the cohort that reported: who did not send it counts as zero */
  | 'cohort'
  /** over those that sent it */
  | 'senders';

/** What the server does with the merged change (Reddi et al. 2021). */
export type OptimizerChoice =
  /** adds it */
  | 'none'
  /** FedAvgM (Hsu et al. 2019) */
  | 'momentum'
  /** FedAdam */
  | 'adam';

/** Fraction bits of a server's rate and of its momentum. */
export const SERVER_RATE_BITS = 16;
export const MOMENTUM_BITS = 10;

/** Of no concern to a board; in the plan, so that a round is merged as it was announced. */
export interface ServerOptimizer {
  readonly kind: OptimizerChoice;
  readonly rate: number; // in units of 2^-SERVER_RATE_BITS, 1 to 2^20
  readonly momentum: number; // in units of 2^-MOMENTUM_BITS, 0 to 1023; unused by 'none'
}

/** Fraction bits of the proximal term's mu. */
export const PROX_BITS = 16;

/** A learning rate as an integer: mantissa · 2^exp. */
export interface Rate {
  readonly mantissa: number; // 1 to 255
  readonly exp: number; // -24 to 0
}

/** How a board may code the places of what goes up (shared/masks/positions.ts). */
export type PositionChoice =
  /** as lists and bitmaps: quick to make and to read */
  | 'lists'
  /** also as a grid: a tenth less in a frame of 16-bit values, for some hundred times the work */
  | 'grid';

export interface TrainingMethod {
  readonly power: Power; // of the weights, in quarters
  readonly activations: ActivationChoice;
  readonly uplink: UplinkChoice;
  readonly valueBits: ValueBits; // of each value that goes up
  readonly positions: PositionChoice; // of those values
  readonly growth: number; // part of the round's mask that is new, in units of 2^-16, 0 to 65535
  readonly merge: MergeChoice;
  readonly optimizer: ServerOptimizer;
  readonly rate: Rate;
  readonly clip: number; // bound on a layer's gradient norm in units of 2^-4, 1 to 65535; 0 = off
  readonly prox: number; // mu of FedProx (Li et al. 2020) in units of 2^-PROX_BITS, 0 to 2^20; 0 = off
  readonly epochs: number; // 1 to 255
  readonly batch: number; // examples per step, 1 to 16
  readonly reselectEvery: number; // examples between two selections of active weights, 1 to 65535
  readonly holdBackEvery: number; // the last of every so many examples is held back for evaluation; 0 = none
}

/** Counts for one layer with weights, in the order of the model's layers. */
export interface LayerCounts {
  readonly active: number; // weights used forward and backward, 1 to the layer's weights
  readonly keptInputs: number; // inputs kept per example for the weight gradient, 1 to fan-in
  readonly sent: number; // weights in an update, 1 to the layer's weights; only their sum counts if chosen globally
}
