/**
 * The verdict frame: the server's answer to one update. A refusal says why.
 * @module
 */

/** Order is the wire code: append only. */
export const VERDICTS = [
  'accepted',
  'duplicate', // counted once already: the device may forget it
  'malformed', // the frame cannot be read
  'wrong round', // a straggler, or a round not announced yet
  'wrong attempt', // the round was abandoned and announced again
  'not in cohort',
  'wrong base model',
  'wrong counts', // does not fit the plan's model or counts
  'round closed', // goal reached or deadline passed
  'wrong device', // the frame and the topic name different devices
] as const;

export type VerdictKind = (typeof VERDICTS)[number];

export interface Verdict {
  readonly device: string;
  readonly round: number;
  readonly attempt: number;
  readonly kind: VerdictKind;
}
