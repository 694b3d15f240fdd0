/**
 * The verdict frame: the server's answer to one update. A refusal says why.
 * All in the head; no payload.
 * @module
 */
import { object, u16, u32 } from 'typed-binary';
import { frozen } from '../fixed/frozen.js';
import { deviceHash } from './device.js';
import { decoding, ProtocolError } from './error.js';
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

export interface Verdict {
  readonly device: string;
  readonly round: number; // uint32; 0 when the message, an update or a status, was too malformed to tell
  readonly attempt: number; // uint16; 0 likewise
  readonly kind: VerdictKind;
}

const VERDICT_BYTES = 12;
const VERDICT = frozen(object({ device: u32, round: u32, attempt: u16, kind: u16 }));

/** @throws RangeError naming the field that is out of range */
export function encodeVerdict(verdict: Verdict): Uint8Array {
  const { device, round, attempt } = verdict;
  checkVerdict(verdict);
  const kind = codeOf('verdict', VERDICTS, verdict.kind);
  const head = encodeFields(VERDICT, VERDICT_BYTES, { device: deviceHash(device), round, attempt, kind });
  return encodeFrame('verdict', head, []);
}

/**
 * @param device of the topic
 * @throws ProtocolError; its code is 'device' when the frame is for another one
 */
export function decodeVerdict(bytes: Uint8Array, device: string): Verdict {
  const frame = decodeFrame('verdict', bytes);
  expectEmpty(frame);
  const fields = decodeFields(VERDICT, frame.head);
  if (fields.device !== deviceHash(device)) {
    throw new ProtocolError(
      'device',
      `verdict for ${fields.device}, expected ${deviceHash(device)} (${device})`,
    );
  }
  return decoding(() => {
    const { round, attempt } = fields;
    const verdict = { device, round, attempt, kind: choiceOf('verdict', VERDICTS, fields.kind) };
    checkVerdict(verdict);
    return verdict;
  });
}

function checkVerdict({ round, attempt }: Verdict): void {
  checkInteger('round', round, 0, UINT32_MAX);
  checkInteger('attempt', attempt, 0, UINT16_MAX);
}
