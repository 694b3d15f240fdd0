/**
 * The verdict frame: the server's answer to one update, which it names by its CRC-32. Round and attempt alone
 * would not tell it from one of an earlier federation, whose verdict may come after a new plan with the same
 * numbers. A refusal says why. All in the head; no payload. Whose it is, the topic says.
 * @module
 */
import { object, u16, u32 } from 'typed-binary';
import { frozen } from '../fixed/frozen.js';
import { decoding } from './error.js';
import { checkInteger, choiceOf, codeOf, UINT16_MAX, UINT32_MAX } from './field.js';
import { decodeFields, decodeFrame, encodeFields, encodeFrame, expectEmpty } from './frame.js';

/** Order is the wire code: append only. */
export const VERDICTS = frozen([
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
] as const);

export type VerdictKind = (typeof VERDICTS)[number];

/** Whether the update is counted: now, or it was before. */
export function isCounted(kind: VerdictKind): boolean {
  return kind === 'accepted' || kind === 'duplicate';
}

export interface Verdict {
  readonly update: number; // uint32, CRC-32 of the frame that it answers; 0 where that could not be read
  readonly round: number; // uint32; 0 when the message, an update or a status, was too malformed to tell
  readonly attempt: number; // uint16; 0 likewise
  readonly kind: VerdictKind;
}

const VERDICT_BYTES = 12;
const VERDICT = frozen(object({ update: u32, round: u32, attempt: u16, kind: u16 }));

/** @throws RangeError naming the field that is out of range */
export function encodeVerdict(verdict: Verdict): Uint8Array {
  checkVerdict(verdict);
  const kind = codeOf('verdict', VERDICTS, verdict.kind);
  const head = encodeFields(VERDICT, VERDICT_BYTES, { ...verdict, kind });
  return encodeFrame('verdict', head, []);
}

/** @throws ProtocolError */
export function decodeVerdict(bytes: Uint8Array): Verdict {
  const frame = decodeFrame('verdict', bytes);
  expectEmpty(frame);
  const fields = decodeFields(VERDICT, frame.head);
  return decoding(() => {
    const { update, round, attempt } = fields;
    const verdict = { update, round, attempt, kind: choiceOf('verdict', VERDICTS, fields.kind) };
    checkVerdict(verdict);
    return verdict;
  });
}

function checkVerdict({ update, round, attempt }: Verdict): void {
  checkInteger('update', update, 0, UINT32_MAX);
  checkInteger('round', round, 0, UINT32_MAX);
  checkInteger('attempt', attempt, 0, UINT16_MAX);
}
