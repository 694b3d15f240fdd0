/**
 * The update frame: one client's sparse result of one round.
 * @module
 */
import type { LayerDelta } from '../model/delta.js';
import type { ModelHash } from './model.js';

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
  readonly layers: readonly LayerDelta[];
}
