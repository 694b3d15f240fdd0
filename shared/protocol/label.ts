/**
 * The label frame: a person at the server says what a board's sensor sees, for some time.
 * All in the head; no payload.
 * @module
 */
import { object, u16, u32 } from 'typed-binary';
import { frozen } from '../fixed/frozen.js';
import { deviceHash } from './device.js';
import { decoding, ProtocolError } from './error.js';
import { checkInteger, UINT16_MAX } from './field.js';
import { decodeFields, decodeFrame, encodeFields, encodeFrame, expectEmpty } from './frame.js';

export interface Label {
  readonly device: string;
  readonly label?: number; // 0 to 254; without one nothing is recorded any more
  readonly seconds: number; // uint16, 0 = until something else is said
}

const MAX_LABEL = 254;
const NONE = UINT16_MAX;
const LABEL_BYTES = 8;
const LABEL = frozen(object({ device: u32, label: u16, seconds: u16 }));

/** @throws RangeError naming the field that is out of range */
export function encodeLabel(label: Label): Uint8Array {
  checkLabel(label);
  const { device, seconds } = label;
  const fields = { device: deviceHash(device), label: label.label ?? NONE, seconds };
  return encodeFrame('label', encodeFields(LABEL, LABEL_BYTES, fields), []);
}

/** @param device of the topic @throws ProtocolError; its code is 'device' when the frame is for another one */
export function decodeLabel(bytes: Uint8Array, device: string): Label {
  const frame = decodeFrame('label', bytes);
  expectEmpty(frame);
  const fields = decodeFields(LABEL, frame.head);
  if (fields.device !== deviceHash(device)) {
    throw new ProtocolError(
      'device',
      `label for ${fields.device}, expected ${deviceHash(device)} (${device})`,
    );
  }
  return decoding(() => {
    const { label, seconds } = fields;
    const read: Label = { device, ...(label !== NONE && { label }), seconds };
    checkLabel(read);
    return read;
  });
}

function checkLabel({ label, seconds }: Label): void {
  if (label !== undefined) checkInteger('label', label, 0, MAX_LABEL);
  checkInteger('seconds', seconds, 0, UINT16_MAX);
}
