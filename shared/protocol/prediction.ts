/**
 * The prediction frame: what a board's model makes of what its sensor sees. Lost ones are not sent again (QoS 0).
 * All in the head; no payload.
 * @module
 */
import { object, u8, u8Array, u16, u32 } from 'typed-binary';
import { frozen } from '../fixed/frozen.js';
import { decoding } from './error.js';
import { checkInteger, UINT32_MAX } from './field.js';
import { decodeFields, decodeFrame, encodeFields, encodeFrame, expectEmpty } from './frame.js';
import { hashFromBytes, hashToBytes, MODEL_HASH_BYTES, type ModelHash } from './model.js';

export interface Prediction {
  readonly label: number; // 0 to 254
  readonly percent: number; // probability of the label, 0 to 100
  readonly windows: number; // uint32, windows looked at since the last round
  readonly modelHash: ModelHash;
}

const PREDICTION_BYTES = 16;
const PREDICTION = frozen(
  object({ windows: u32, label: u16, percent: u8, zero: u8, modelHash: u8Array(MODEL_HASH_BYTES) }),
);

/** @throws RangeError naming the field that is out of range */
export function encodePrediction(prediction: Prediction): Uint8Array {
  checkPrediction(prediction);
  const fields = { ...prediction, zero: 0, modelHash: hashToBytes(prediction.modelHash) };
  return encodeFrame('prediction', encodeFields(PREDICTION, PREDICTION_BYTES, fields), []);
}

/** @throws ProtocolError */
export function decodePrediction(bytes: Uint8Array): Prediction {
  const frame = decodeFrame('prediction', bytes);
  expectEmpty(frame);
  const { zero, modelHash, ...fields } = decodeFields(PREDICTION, frame.head);
  return decoding(() => {
    checkInteger('zero', zero, 0, 0);
    const prediction = { ...fields, modelHash: hashFromBytes(modelHash) };
    checkPrediction(prediction);
    return prediction;
  });
}

function checkPrediction({ label, percent, windows }: Prediction): void {
  checkInteger('label', label, 0, 254);
  checkInteger('percent', percent, 0, 100);
  checkInteger('windows', windows, 0, UINT32_MAX);
}
