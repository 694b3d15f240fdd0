/**
 * Random values of every frame, over their whole ranges, for the tests of the protocol.
 * @module
 */
import { crc32 } from 'node:zlib';
import { Random } from '../../../shared/fixed/random.js';
import {
  biasBitsOf,
  type LayerDelta,
  maxBiasShift,
  maxValueShift,
  VALUE_BITS,
  type ValueBits,
} from '../../../shared/model/delta.js';
import type { ModelDescription } from '../../../shared/model/description.js';
import { layoutOf } from '../../../shared/model/layout.js';
import type { Model } from '../../../shared/model/model.js';
import type { Cohort } from '../../../shared/protocol/cohort.js';
import { decodeDeal, encodeDeal } from '../../../shared/protocol/deal.js';
import { decodeDeltaHead, encodeDelta } from '../../../shared/protocol/delta.js';
import { decodeEnrol, encodeEnrol } from '../../../shared/protocol/enrol.js';
import { ProtocolError } from '../../../shared/protocol/error.js';
import { decodeFirmware, encodeFirmware, type Firmware } from '../../../shared/protocol/firmware.js';
import { decodeLabel, encodeLabel, type Label } from '../../../shared/protocol/label.js';
import { decodeMetrics, encodeMetrics, type Metrics, RESETS } from '../../../shared/protocol/metrics.js';
import { decodeModel, decodeModelHead, encodeModel, hashFromBytes } from '../../../shared/protocol/model.js';
import { decodeMoments, encodeMoments, type MomentsReport } from '../../../shared/protocol/moments.js';
import { decodePlan, encodePlan, type Plan } from '../../../shared/protocol/plan.js';
import { decodePrediction, encodePrediction } from '../../../shared/protocol/prediction.js';
import {
  decodeShard,
  decodeShardOpening,
  encodeShard,
  encodeShardRefusal,
} from '../../../shared/protocol/shard.js';
import { decodeStatus, encodeStatus, STATES, type Status } from '../../../shared/protocol/status.js';
import { decodeUpdate, encodeUpdate, openUpdate, type Update } from '../../../shared/protocol/update.js';
import { decodeVerdict, encodeVerdict, VERDICTS, type Verdict } from '../../../shared/protocol/verdict.js';
import { decodeWindows, encodeWindows, type Windows } from '../../../shared/protocol/windows.js';
import { crossedPositions, randomPositions } from '../masks/sets.js';
import { applied } from './applied.js';

export const DEVICE = 'esp32-a1b2c3d4e5f6';

/** Often one of the two ends, else anything between. */
function integer(random: Random, min: number, max: number): number {
  const draw = random.below(6);
  if (draw === 0) return min;
  if (draw === 1) return max;
  return min + ((random.next() * 2 ** 21 + (random.next() >>> 11)) % (max - min + 1));
}

function oneOf<T>(random: Random, choices: readonly T[]): T {
  return choices[random.below(choices.length)];
}

const uint16 = (random: Random, min = 0) => integer(random, min, 0xffff);
const uint32 = (random: Random, min = 0) => integer(random, min, 0xffff_ffff);
const wide = (random: Random) => integer(random, 0, Number.MAX_SAFE_INTEGER);
const hash = (random: Random) => hashFromBytes(Uint8Array.from({ length: 8 }, () => random.below(256)));

function sampleCohort(random: Random): Cohort {
  if (random.below(2) === 0) return { kind: 'threshold', seed: uint32(random), threshold: uint32(random) };
  const devices = Array.from({ length: oneOf(random, [0, 1, 5, 256]) }, () => uint32(random));
  return { kind: 'list', devices: devices.sort((a, b) => a - b) };
}

export function samplePlan(random: Random): Plan {
  return {
    federation: uint32(random),
    taskSeed: uint32(random),
    round: uint32(random, 1),
    attempt: uint16(random, 1),
    modelHash: hash(random),
    modelCrc: uint32(random),
    ...(random.below(2) === 0 && { deltaBase: hash(random) }),
    cohort: sampleCohort(random),
    deadlineMs: uint32(random),
    method: {
      power: oneOf(random, [4, 5, 8]),
      activations: oneOf(random, ['all', 'top-k', 'union']),
      uplink: oneOf(random, [
        'all',
        'top-k-weights',
        'diff-on-top-k-weights',
        'top-k-weights-diff',
        'global-top-k-weights',
        'mask',
      ]),
      valueBits: oneOf(random, VALUE_BITS),
      positions: oneOf(random, ['lists', 'grid']),
      merge: oneOf(random, ['cohort', 'senders']),
      optimizer: {
        kind: oneOf(random, ['none', 'momentum', 'adam']),
        rate: integer(random, 1, 2 ** 20),
        momentum: integer(random, 0, 1023),
      },
      rate: { mantissa: integer(random, 1, 255), exp: integer(random, -24, 0) },
      growth: uint16(random),
      clip: uint16(random),
      prox: integer(random, 0, 2 ** 20),
      epochs: integer(random, 1, 255),
      batch: integer(random, 1, 16),
      reselectEvery: uint16(random, 1),
      holdBackEvery: uint16(random),
    },
    layers: Array.from({ length: 1 + random.below(5) }, () => ({
      active: uint32(random, 1),
      keptInputs: uint32(random, 1),
      sent: uint32(random, 1),
    })),
    ...(random.below(2) === 0 && { windows: uint32(random, 1) }),
  };
}

function sampleShard(random: Random): Uint8Array {
  const head = { device: DEVICE, deal: uint32(random, 1), parts: uint32(random, 1) };
  const refusal = oneOf(random, ['none left', 'too long', undefined] as const);
  if (refusal !== undefined) return encodeShardRefusal(head, refusal, uint32(random));
  const fld = Uint8Array.from({ length: 1 + random.below(90) }, () => random.below(256));
  return encodeShard({ ...head, part: integer(random, 0, head.parts - 1) }, fld);
}

function sampleWindows(random: Random): Windows {
  const channels = oneOf(random, [1, 3, 4, 64]);
  const steps = integer(random, 1, Math.min(1024, Math.floor(2040 / channels)));
  const normals = Array.from({ length: channels }, () => ({
    offset: integer(random, -32768, 32767),
    mantissa: integer(random, 1, 16383),
    shift: integer(random, 0, 24),
  }));
  return {
    steps,
    channels,
    stride: integer(random, 1, steps),
    hertz: integer(random, 1, 1000),
    classes: integer(random, 2, 255),
    least: uint16(random, 1),
    ...(random.below(2) === 0 && { normals }),
  };
}

function sampleMoments(random: Random): MomentsReport {
  const count = integer(random, 1, 2 ** 22);
  const channels = Array.from({ length: oneOf(random, [1, 3, 64]) }, () => {
    const sum = integer(random, 0, count * 32767) * oneOf(random, [1, -1]);
    return { count, sum: sum === 0 ? 0 : sum, squares: integer(random, Math.abs(sum), count * 2 ** 30) };
  });
  return { device: DEVICE, channels };
}

function sampleLabel(random: Random): Label {
  const label = random.below(2) === 0 ? { label: integer(random, 0, 254) } : {};
  return { device: DEVICE, ...label, seconds: uint16(random) };
}

export function sampleStatus(random: Random): Status {
  return {
    state: oneOf(random, STATES),
    round: uint32(random),
    firmware: uint32(random),
    board: oneOf(random, ['a', 'esp32', 'esp32-s3-psram', '0123456789-abcd']),
    freeBytes: uint32(random),
    examples: uint32(random),
    modelHash: hash(random),
  };
}

export function sampleVerdict(random: Random): Verdict {
  const kind = oneOf(random, VERDICTS);
  return { update: uint32(random), round: uint32(random), attempt: uint16(random), kind };
}

export function sampleMetrics(random: Random): Metrics {
  return {
    round: uint32(random),
    attempt: uint16(random),
    trainMs: uint32(random),
    slices: uint32(random),
    macs: wide(random),
    bytesUp: uint32(random),
    bytesDown: uint32(random),
    reconnects: uint32(random),
    heapBytes: uint32(random),
    freeBytes: uint32(random),
    chunkBytes: uint32(random),
    slots: uint32(random),
    millijoules: uint32(random),
    longestSliceMs: uint16(random),
    reset: oneOf(random, RESETS),
    rssi: integer(random, -128, 127),
  };
}

export function sampleModel(random: Random): Model {
  const description: ModelDescription = {
    name: oneOf(random, ['a', 'digits-32', 'x'.repeat(32)]),
    input: {
      shape: oneOf(random, [[7], [4, 3], [2, 3, 2]]),
      type: oneOf(random, ['uint8', 'int8']),
      exp: integer(random, -8, -4),
    },
    layers: Array.from({ length: 1 + random.below(3) }, () => ({
      kind: 'dense',
      units: 1 + random.below(9),
    })),
  };
  const layout = layoutOf(description);
  const parameters = Uint8Array.from({ length: layout.parameterBytes }, () => random.below(256)).buffer;
  const exponents = layout.layers.map(() => ({
    weightExp: integer(random, -12, -8),
    outputExp: integer(random, -6, -3),
  }));
  return { head: { description, layout, exponents }, parameters };
}

/** Small, but with layers in which each kind of position coding is the shortest. */
export const UPDATE_LAYOUT = layoutOf({
  name: 'sample',
  input: { shape: [40], type: 'uint8', exp: -8 },
  layers: [
    { kind: 'dense', units: 11 },
    { kind: 'dense', units: 5 },
    { kind: 'dense', units: 3 },
  ],
});

/** The same three sets every time: both sides know them. */
export function updateReference(layer: number): Uint32Array {
  const { length } = UPDATE_LAYOUT.layers[layer].weights;
  return Uint32Array.from({ length: Math.ceil(length / 4) }, (_, i) => 3 * i);
}

export function sampleUpdate(random: Random): Update {
  const heldBack = uint16(random);
  const valueBits = oneOf(random, VALUE_BITS);
  return {
    device: DEVICE,
    round: uint32(random, 1),
    attempt: uint16(random, 1),
    examples: integer(random, 1, 4095),
    loss: uint16(random),
    heldBack,
    correct: integer(random, 0, heldBack),
    baseHash: hash(random),
    macs: wide(random),
    valueBits,
    layers: UPDATE_LAYOUT.layers.map(({ index, inputs, weights, outputs }): LayerDelta => {
      const sent = Math.ceil(weights.length * oneOf(random, [0.01, 0.05, 0.25, 0.5, 0.95, 1]));
      const near = updateReference(index).subarray(random.below(3));
      const positions =
        sent === weights.length
          ? 'all'
          : oneOf(random, [
              near,
              randomPositions(weights.length, sent, random),
              crossedPositions(weights.length, inputs, 0.2, random),
            ]);
      const count = positions === 'all' ? weights.length : positions.length;
      return {
        positions,
        values: numbers(random, count, valueBits),
        shift: integer(random, 0, maxValueShift(valueBits)),
        biases: numbers(random, outputs, biasBitsOf(valueBits)),
        biasShift: integer(random, 0, maxBiasShift(valueBits)),
      };
    }),
  };
}

function numbers(random: Random, count: number, bits: ValueBits): Int16Array {
  const end = 2 ** (bits - 1);
  return Int16Array.from({ length: count }, () => integer(random, -end, end - 1));
}

function sampleFirmware(random: Random): Firmware {
  return {
    target: oneOf(random, ['m', 'esp32', 'sixteen-letters']),
    version: uint32(random),
    imageBytes: uint32(random, 1),
    digest: Uint8Array.from({ length: 32 }, () => random.below(256)),
    signature: Uint8Array.from({ length: 64 }, () => random.below(256)),
  };
}

const DELTA_BASE = encodeModel(sampleModel(new Random(11)));
const DELTA_BASE_HASH = '00112233aabbccdd';

/** From always the same model to one in which any part of the parameters is another. */
export function sampleDelta(random: Random): Uint8Array {
  const { head, parameters } = decodeModel(DELTA_BASE);
  const bytes = new Uint8Array(parameters);
  const part = random.below(257);
  for (let i = 0; i < bytes.length; i++) if (random.below(256) < part) bytes[i] = random.below(256);
  return deltaTo(encodeModel({ head, parameters }), hash(random));
}

function deltaTo(frame: Uint8Array, nextHash: string): Uint8Array {
  return encodeDelta({ frame: DELTA_BASE, hash: DELTA_BASE_HASH }, { frame, hash: nextHash })!;
}

/** Each kind of frame: a random one, and its decoder. */
export interface FrameCase {
  readonly name: string;
  frame(random: Random): Uint8Array;
  /** Decodes; what it returns encodes the decoded value again. */
  decode(bytes: Uint8Array): () => Uint8Array;
  /** a decoder that does not read everything, if there is one */
  peek?(bytes: Uint8Array): unknown;
}

function recoder<T>(value: T, encode: (value: T) => Uint8Array): () => Uint8Array {
  return () => encode(value);
}

const encodeSample = (update: Update) => encodeUpdate(update, UPDATE_LAYOUT, updateReference);
const encodeLists = (update: Update) => encodeUpdate(update, UPDATE_LAYOUT, updateReference, 'lists');

export const FRAME_CASES: readonly FrameCase[] = [
  {
    name: 'plan',
    frame: (random) => encodePlan(samplePlan(random)),
    decode: (bytes) => recoder(decodePlan(bytes), encodePlan),
  },
  {
    name: 'status',
    frame: (random) => encodeStatus(sampleStatus(random)),
    decode: (bytes) => recoder(decodeStatus(bytes), encodeStatus),
  },
  {
    name: 'verdict',
    frame: (random) => encodeVerdict(sampleVerdict(random)),
    decode: (bytes) => recoder(decodeVerdict(bytes), encodeVerdict),
  },
  {
    name: 'metrics',
    frame: (random) => encodeMetrics(sampleMetrics(random)),
    decode: (bytes) => recoder(decodeMetrics(bytes), encodeMetrics),
  },
  {
    name: 'firmware',
    frame: (random) => encodeFirmware(sampleFirmware(random)),
    decode: (bytes) => recoder(decodeFirmware(bytes), encodeFirmware),
  },
  {
    name: 'deal',
    frame: (random) =>
      encodeDeal({ deal: uint32(random, 1), parts: uint32(random, 1), longestBytes: uint32(random, 1) }),
    decode: (bytes) => recoder(decodeDeal(bytes), encodeDeal),
  },
  {
    name: 'enrol',
    frame: (random) => encodeEnrol({ deal: uint32(random, 1), roomBytes: uint32(random) }),
    decode: (bytes) => recoder(decodeEnrol(bytes), encodeEnrol),
  },
  {
    name: 'shard',
    frame: sampleShard,
    decode: (bytes) => {
      const { fld, ...head } = decodeShard(bytes, DEVICE);
      const { outcome } = head;
      return () =>
        outcome === 'dealt' ? encodeShard(head, fld) : encodeShardRefusal(head, outcome, head.bytes);
    },
    peek: (bytes) => decodeShardOpening(bytes, DEVICE),
  },
  {
    name: 'windows',
    frame: (random) => encodeWindows(sampleWindows(random)),
    decode: (bytes) => recoder(decodeWindows(bytes), encodeWindows),
  },
  {
    name: 'moments',
    frame: (random) => encodeMoments(sampleMoments(random)),
    decode: (bytes) => recoder(decodeMoments(bytes, DEVICE), encodeMoments),
  },
  {
    name: 'label',
    frame: (random) => encodeLabel(sampleLabel(random)),
    decode: (bytes) => recoder(decodeLabel(bytes, DEVICE), encodeLabel),
  },
  {
    name: 'prediction',
    frame: (random) =>
      encodePrediction({
        label: integer(random, 0, 254),
        percent: integer(random, 0, 100),
        windows: uint32(random),
        modelHash: hash(random),
      }),
    decode: (bytes) => recoder(decodePrediction(bytes), encodePrediction),
  },
  {
    name: 'model',
    frame: (random) => encodeModel(sampleModel(random)),
    decode: (bytes) => recoder(decodeModel(bytes), encodeModel),
    peek: decodeModelHead,
  },
  {
    name: 'delta',
    frame: sampleDelta,
    decode: (bytes) => {
      const { frame } = applied(bytes, DELTA_BASE);
      const { base, next } = decodeDeltaHead(bytes);
      if (base.hash !== DELTA_BASE_HASH) throw new ProtocolError('field', 'another base');
      return () => deltaTo(frame, next.hash);
    },
    peek: decodeDeltaHead,
  },
  {
    name: 'update',
    frame: (random) => encodeSample(sampleUpdate(random)),
    decode: (bytes) => recoder(decodeUpdate(bytes, DEVICE, UPDATE_LAYOUT, updateReference), encodeSample),
    peek: openUpdate,
  },
  {
    name: 'update without grids',
    frame: (random) => encodeLists(sampleUpdate(random)),
    decode: (bytes) => recoder(decodeUpdate(bytes, DEVICE, UPDATE_LAYOUT, updateReference), encodeLists),
    peek: openUpdate,
  },
];

/** Puts the right checksum into a frame that was changed; zlib's CRC-32 is not ours. */
export function fixChecksum(frame: Uint8Array): void {
  if (frame.length < 16) return;
  const crc = crc32(frame.subarray(16), crc32(frame.subarray(0, 12)));
  new DataView(frame.buffer, frame.byteOffset).setUint32(12, crc, true);
}

export function isSameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
