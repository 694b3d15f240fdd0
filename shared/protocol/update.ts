/**
 * The update frame: one client's sparse result of one round.
 *
 * Head: HEAD, then one RECORD per layer. Payload: for each layer its values, then its biases, both as
 * `numbers.ts` packs them; after all of them the positions of each layer, as `shared/masks/positions` codes
 * them against the base model's own top-k, their first byte in the record. The order keeps every int16 at an
 * even offset without padding.
 * @module
 */
import { object, type Parsed, u8, u8Array, u16, u32 } from 'typed-binary';
import { frozen } from '../fixed/frozen.js';
import { bitmapBytes } from '../masks/bitmap.js';
import { Pace } from '../masks/pace.js';
import { type CodedPositions, decodeParts, encodeParts, type Words } from '../masks/positions.js';
import { finish } from '../masks/work.js';
import {
  biasBitsOf,
  type LayerDelta,
  maxBiasShift,
  maxValueShift,
  VALUE_BITS,
  type ValueBits,
} from '../model/delta.js';
import type { ModelLayout, WeightedLayer } from '../model/layout.js';
import type { PositionChoice } from '../model/method.js';
import { type Checksum, crc32Update } from './crc32.js';
import { deviceHash } from './device.js';
import { decoding, ProtocolError } from './error.js';
import { checkInteger, choiceOf, codeOf, joinWide, splitWide, UINT16_MAX, UINT32_MAX } from './field.js';
import {
  type CopyBytes,
  decodeFieldList,
  decodeFields,
  decodeFrame,
  encodeFields,
  encodeFrameSlices,
  FIELDS_MACS,
  FRAME_HEADER_BYTES,
  type Frame,
} from './frame.js';
import { hashFromBytes, hashToBytes, MODEL_HASH_BYTES, type ModelHash } from './model.js';
import { numberBytes, packNumbers, unpackNumbers } from './numbers.js';

/** What can be said of an update without its layers. */
export interface UpdateHead {
  readonly deviceHash: number; // uint32
  readonly round: number; // uint32, counts from 1
  readonly attempt: number; // uint16, counts from 1
  readonly baseHash: ModelHash;
  readonly examples: number; // weight in the mean, 1 to MAX_EXAMPLE_WEIGHT
  readonly loss: number; // mean training loss in nats · 2^10, rounded, 0 to 65535
  readonly heldBack: number; // examples held back and evaluated on the base model, 0 to 65535
  readonly correct: number; // of those, classified right
  readonly macs: number; // multiply-accumulates of the training, whole run, to 2^53 - 1
  readonly valueBits: ValueBits; // of each value in all layers
}

/** An update whose layers were not read yet. */
export interface OpenUpdate {
  readonly head: UpdateHead;
  readonly frame: Frame;
}

/** The frame carries the hash of the device's name; the name itself is in the topic. */
export interface Update extends Omit<UpdateHead, 'deviceHash'> {
  readonly device: string;
  readonly layers: readonly LayerDelta[];
}

/**
 * Positions of a layer that both sides know, ascending: the base model's own top-k, with k = the plan's
 * `active`, or the round's mask. Asked only for layers that do not send all their weights; undefined where
 * all are active, since those places say nothing.
 */
export type Reference = (layer: number) => Uint32Array | undefined;

export const MAX_EXAMPLE_WEIGHT = 4095;

const HEAD_BYTES = 36;
const HEAD = frozen(
  object({
    device: u32,
    round: u32,
    attempt: u16,
    examples: u16,
    loss: u16,
    heldBack: u16,
    correct: u16,
    layerCount: u8, // a head has no room for more
    valueBits: u8, // place in VALUE_BITS
    baseHash: u8Array(MODEL_HASH_BYTES),
    macsLow: u32,
    macsHigh: u32,
  }),
);

const RECORD_BYTES = 12;
const RECORD = frozen(
  object({
    sent: u32, // weights sent, and so values and positions
    positionBytes: u16, // its low bits
    positionBytesHigh: u8,
    positionHead: u8, // 0 = all weights are sent, or those of the reference; no position bytes
    biases: u16,
    shift: u8,
    biasShift: u8,
  }),
);

type LayerRecord = Parsed<typeof RECORD>;

/** No update of this model is longer. */
export function maxUpdateBytes({ layers, weightCount, biasCount }: ModelLayout): number {
  const positions = layers.reduce((sum, { weights }) => sum + bitmapBytes(weights.length), 0);
  return (
    FRAME_HEADER_BYTES + HEAD_BYTES + RECORD_BYTES * layers.length + 2 * (weightCount + biasCount) + positions
  );
}

/**
 * @param choice of codes for the positions; the shortest is taken
 * @throws RangeError naming the field that is out of range or does not fit the layout
 */
export function encodeUpdate(
  update: Update,
  layout: ModelLayout,
  reference: Reference,
  choice: PositionChoice = 'grid',
): Uint8Array {
  return finish(encodeUpdateSlices(update, layout, reference, new Pace(Number.POSITIVE_INFINITY), choice));
}

/**
 * The same bytes with pauses, for a board. Yields the work since the last in multiply-accumulates (see
 * masks/work.ts).
 * @throws RangeError as encodeUpdate does
 */
export function* encodeUpdateSlices(
  update: Update,
  layout: ModelLayout,
  reference: Reference,
  pace: Pace,
  choice: PositionChoice = 'grid',
): Generator<number, Uint8Array> {
  const { device, layers, valueBits } = update;
  const fields = { ...update, deviceHash: deviceHash(device) };
  checkHead(fields);
  checkInteger('layers', layers.length, layout.layers.length, layout.layers.length);
  const head = new Uint8Array(HEAD_BYTES + RECORD_BYTES * layers.length);
  head.set(encodeHead(fields, layers.length));
  if (pace.isDue(FIELDS_MACS)) yield pace.take();
  const numbers: ArrayBufferView[] = [];
  const positions: Uint8Array[] = [];
  for (const [i, delta] of layers.entries()) {
    const coded = yield* encodeLayerPositions(delta, layout.layers[i], reference, choice, pace);
    const record = recordOf(delta, coded);
    checkRecord(record, layout.layers[i], valueBits);
    head.set(encodeFields(RECORD, RECORD_BYTES, record), HEAD_BYTES + RECORD_BYTES * i);
    pace.isDue(FIELDS_MACS);
    yield pace.take(); // in any case: till then XS holds all that coding this layer's positions held
    numbers.push(yield* packNumbers(delta.values, valueBits, pace));
    numbers.push(yield* packNumbers(delta.biases, biasBitsOf(valueBits), pace));
    positions.push(coded.body);
  }
  return yield* encodeFrameSlices('update', head, [...numbers, ...positions], pace);
}

/**
 * Checks a whole frame but for its layers: enough to judge it, and what `readUpdate` goes on from.
 * @throws ProtocolError
 */
export function openUpdate(
  bytes: Uint8Array,
  checksum: Checksum = crc32Update,
  copy?: CopyBytes,
): OpenUpdate {
  const frame = decodeFrame('update', bytes, checksum, copy);
  return { head: decodeHead(frame), frame };
}

/**
 * @param device of the topic
 * @param layout of the base model
 * @param words  memory for positions; new without it
 * @throws ProtocolError; its code is 'device' when another device made the frame
 */
export function readUpdate(
  { head: { deviceHash: hash, ...head }, frame }: OpenUpdate,
  device: string,
  layout: ModelLayout,
  reference: Reference,
  words?: Words,
): Update {
  if (hash !== deviceHash(device)) {
    throw new ProtocolError('device', `update of ${hash}, expected ${deviceHash(device)} (${device})`);
  }
  const records = decodeRecords(frame);
  const { payload } = frame;
  return decoding(() => {
    const layers = readLayers(payload, records, layout, head.valueBits, reference, words);
    return { device, ...head, layers };
  });
}

/** Both at once. @throws ProtocolError as they do */
export function decodeUpdate(
  bytes: Uint8Array,
  device: string,
  layout: ModelLayout,
  reference: Reference,
): Update {
  return readUpdate(openUpdate(bytes), device, layout, reference);
}

// Head

function encodeHead(head: UpdateHead, layerCount: number): Uint8Array {
  const { round, attempt, examples, loss, heldBack, correct } = head;
  const { low: macsLow, high: macsHigh } = splitWide(head.macs);
  const baseHash = hashToBytes(head.baseHash);
  const device = head.deviceHash;
  const valueBits = codeOf('valueBits', VALUE_BITS, head.valueBits);
  const counts = { examples, loss, heldBack, correct, layerCount, valueBits };
  return encodeFields(HEAD, HEAD_BYTES, { device, round, attempt, ...counts, baseHash, macsLow, macsHigh });
}

function decodeHead({ head: bytes }: Frame): UpdateHead {
  const { device, layerCount, baseHash, macsLow, macsHigh, ...fields } = decodeFields(
    HEAD,
    bytes.subarray(0, HEAD_BYTES),
  );
  const expected = HEAD_BYTES + RECORD_BYTES * layerCount;
  if (bytes.length !== expected) {
    throw new ProtocolError('length', `update head of ${bytes.length} bytes, expected ${expected}`);
  }
  return decoding(() => {
    const macs = joinWide(macsLow, macsHigh);
    const valueBits = choiceOf('valueBits', VALUE_BITS, fields.valueBits);
    const head = { deviceHash: device, ...fields, baseHash: hashFromBytes(baseHash), macs, valueBits };
    checkHead(head);
    return head;
  });
}

function checkHead({ round, attempt, examples, loss, heldBack, correct, macs }: UpdateHead): void {
  checkInteger('round', round, 1, UINT32_MAX);
  checkInteger('attempt', attempt, 1, UINT16_MAX);
  checkInteger('examples', examples, 1, MAX_EXAMPLE_WEIGHT);
  checkInteger('loss', loss, 0, UINT16_MAX);
  checkInteger('heldBack', heldBack, 0, UINT16_MAX);
  checkInteger('correct', correct, 0, heldBack);
  checkInteger('macs', macs, 0, Number.MAX_SAFE_INTEGER);
}

// Layers

function encodeLayerPositions(
  { positions, values }: LayerDelta,
  { index, inputs, weights }: WeightedLayer,
  reference: Reference,
  choice: PositionChoice,
  pace: Pace,
): Generator<number, CodedPositions> {
  const sent = positions === 'all' ? weights.length : positions.length;
  checkInteger(`layer ${index} values`, values.length, sent, sent);
  const known = sent < weights.length ? reference(index) : undefined;
  // the very reference, a round's mask, needs no more bytes than all of them
  const coded = positions === known ? 'all' : positions;
  return encodeParts(coded, weights.length, known, pace, inputs, choice === 'grid');
}

function recordOf(
  { values, biases, shift, biasShift }: LayerDelta,
  { head: positionHead, body }: CodedPositions,
): LayerRecord {
  const positions = {
    positionBytes: body.length & 0xffff,
    positionBytesHigh: body.length >>> 16,
    positionHead,
  };
  return { sent: values.length, ...positions, biases: biases.length, shift, biasShift };
}

function positionBytesOf({ positionBytes, positionBytesHigh }: LayerRecord): number {
  return positionBytes | (positionBytesHigh << 16);
}

function decodeRecords({ head }: Frame): LayerRecord[] {
  const records = head.subarray(HEAD_BYTES);
  return decodeFieldList(RECORD, records.length / RECORD_BYTES, records);
}

function checkRecord(
  { sent, biases, shift, biasShift }: LayerRecord,
  { index, weights, outputs }: WeightedLayer,
  valueBits: ValueBits,
): void {
  checkInteger(`layer ${index} sent`, sent, 0, weights.length);
  checkInteger(`layer ${index} biases`, biases, outputs, outputs);
  checkInteger(`layer ${index} shift`, shift, 0, maxValueShift(valueBits));
  checkInteger(`layer ${index} biasShift`, biasShift, 0, maxBiasShift(valueBits));
}

/** Values and biases of 16 bits are views into the payload, which is the frame's own copy. */
function readLayers(
  payload: Uint8Array,
  records: readonly LayerRecord[],
  layout: ModelLayout,
  valueBits: ValueBits,
  reference: Reference,
  words: Words | undefined,
): LayerDelta[] {
  checkInteger('layers', records.length, layout.layers.length, layout.layers.length);
  for (const [i, record] of records.entries()) checkRecord(record, layout.layers[i], valueBits);
  const biasBits = biasBitsOf(valueBits);
  const numbers = records.reduce(
    (sum, { sent, biases }) => sum + numberBytes(sent, valueBits) + numberBytes(biases, biasBits),
    0,
  );
  const expected = records.reduce((sum, record) => sum + positionBytesOf(record), numbers);
  checkInteger('update payload bytes', payload.length, expected, expected);
  let numberAt = 0;
  let positionAt = numbers;
  const read = (count: number, bits: ValueBits): Int16Array => {
    const from = numberAt;
    numberAt += numberBytes(count, bits);
    return unpackNumbers(payload.subarray(from, numberAt), count, bits);
  };
  return records.map((record, i) => {
    const { sent, positionHead: head, biases, shift, biasShift } = record;
    const { inputs, weights } = layout.layers[i];
    const known = sent < weights.length ? reference(i) : undefined;
    const body = payload.subarray(positionAt, positionAt + positionBytesOf(record));
    positionAt += body.length;
    return {
      positions: decodeParts({ head, body }, weights.length, sent, known, inputs, words),
      values: read(sent, valueBits),
      shift,
      biases: read(biases, biasBits),
      biasShift,
    };
  });
}
