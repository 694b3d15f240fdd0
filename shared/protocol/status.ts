/**
 * The status frame: what a board is doing, and the last will that says it is gone.
 * @module
 */
import type { ModelHash } from './model.js';

/** Order is the wire code: append only. */
export const STATES = ['gone', 'joining', 'ready', 'training', 'done'] as const;
export type DeviceState = (typeof STATES)[number];

export interface Status {
  readonly state: DeviceState;
  readonly round: number; // the round it works on, 0 when none
  readonly firmware: number; // major · 2^16 + minor · 2^8 + patch
  readonly board: string; // profile name, at most 15 ASCII characters
  readonly freeBytes: number; // free memory, 0 when unknown
  readonly examples: number; // training examples on the board
  readonly modelHash: ModelHash; // model it holds, NO_MODEL when none
}
