/**
 * The update frame: one client's sparse result of one round.
 * @module
 */
import type { ModelHash } from './model.js';

/** What one layer sends. */
export interface LayerUpdate {
  /** ascending places in the layer's weights; length = the plan's `sent` */
  readonly positions: Uint32Array;
  /** one value per position; real = value · 2^(weightExp + shift) */
  readonly values: Int16Array;
  readonly shift: number; // 0 to 15
  /** one difference per bias; real = value · 2^(biasExp + biasShift) */
  readonly biases: Int16Array;
  readonly biasShift: number; // 0 to 15
}

export interface Update {
  readonly device: string;
  readonly round: number;
  readonly attempt: number;
  readonly baseHash: ModelHash;
  readonly examples: number; // weight in the mean, 1 to MAX_EXAMPLE_WEIGHT
  readonly loss: number; // mean training loss in nats · 2^10, rounded, 0 to 65535
  readonly heldBack: number; // examples held back and evaluated on the base model
  readonly correct: number; // of those, classified right
  readonly macs: number; // multiply-accumulates of the training, whole run
  readonly layers: readonly LayerUpdate[];
}
