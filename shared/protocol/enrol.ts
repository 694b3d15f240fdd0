/**
 * The enrol frame: a board asks for its part of a deal. The answer is a shard (`shard.ts`); a board that
 * gets none asks again, and always gets the same part. All in the head; no payload.
 * @module
 */
import { object, u32 } from 'typed-binary';
import { frozen } from '../fixed/frozen.js';
import { decoding } from './error.js';
import { checkInteger, UINT32_MAX } from './field.js';
import { decodeFields, decodeFrame, encodeFields, encodeFrame, expectEmpty } from './frame.js';

export interface Enrol {
  readonly deal: number; // uint32 from 1, as announced
  readonly roomBytes: number; // uint32, the longest fld file that the board can hold
}

const ENROL_BYTES = 8;
const ENROL = frozen(object({ deal: u32, roomBytes: u32 }));

/** @throws RangeError naming the field that is out of range */
export function encodeEnrol(enrol: Enrol): Uint8Array {
  checkEnrol(enrol);
  return encodeFrame('enrol', encodeFields(ENROL, ENROL_BYTES, enrol), []);
}

/** @throws ProtocolError */
export function decodeEnrol(bytes: Uint8Array): Enrol {
  const frame = decodeFrame('enrol', bytes);
  expectEmpty(frame);
  const enrol = decodeFields(ENROL, frame.head);
  return decoding(() => {
    checkEnrol(enrol);
    return enrol;
  });
}

function checkEnrol({ deal, roomBytes }: Enrol): void {
  checkInteger('deal', deal, 1, UINT32_MAX);
  checkInteger('roomBytes', roomBytes, 0, UINT32_MAX);
}
