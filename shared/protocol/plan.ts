/**
 * The plan frame: what the server asks of its cohort in one round. Retained, so a board that
 * joins late sees the plan in force. A board trains only when the model that it holds has the
 * plan's model hash; exponents and shapes travel with the model, so they cannot disagree with it.
 *
 * Head: PLAN. Payload: the cohort's device hashes, then active, keptInputs and sent of each layer, all
 * uint32.
 * @module
 */
import { i8, object, type Parsed, u8, u8Array, u16, u32 } from 'typed-binary';
import { frozen } from '../fixed/frozen.js';
import type { Power } from '../fixed/power.js';
import { NUMERICS_VERSION } from '../fixed/rounding.js';
import { BATCH_MAX } from '../model/bounds.js';
import { VALUE_BITS } from '../model/delta.js';
import type {
  ActivationChoice,
  LayerCounts,
  MergeChoice,
  OptimizerChoice,
  PositionChoice,
  TrainingMethod,
  UplinkChoice,
} from '../model/method.js';
import { type Cohort, MAX_COHORT_LIST } from './cohort.js';
import { decoding, ProtocolError } from './error.js';
import { checkInteger, choiceOf, codeOf, UINT16_MAX, UINT32_MAX } from './field.js';
import { decodeFields, decodeFrame, encodeFields, encodeFrame } from './frame.js';
import { hashFromBytes, hashToBytes, MODEL_HASH_BYTES, type ModelHash, NO_MODEL } from './model.js';

export interface Plan {
  readonly federation: number; // uint32, drawn when a data folder is made; tells its rounds from another's, touches no weight
  readonly taskSeed: number; // uint32, the same for the whole task
  readonly round: number; // uint32, counts from 1
  readonly attempt: number; // uint16, counts from 1; a round that was abandoned is announced again
  readonly modelHash: ModelHash;
  readonly modelCrc: number; // uint32, the CRC-32 in that model frame's header: a board checks this, not the hash
  readonly deltaBase?: ModelHash; // a board that holds this one may fetch the delta; without it there is none
  readonly cohort: Cohort;
  readonly deadlineMs: number; // uint32, from the announcement, for the board's information; 0 = none
  readonly method: TrainingMethod;
  readonly layers: readonly LayerCounts[]; // one per layer that has weights
  readonly windows?: number; // uint32 from 1, the CRC-32 of the windows frame whose normals hold; without it the examples are no live windows
}

/** More layers than a model may have. */
const MAX_PLAN_LAYERS = 255;

// Order is the wire code: append only.
const COHORTS = frozen(['list', 'threshold'] as const);
const ACTIVATIONS: readonly ActivationChoice[] = frozen(['all', 'top-k', 'union']);
const UPLINKS: readonly UplinkChoice[] = frozen([
  'all',
  'top-k-weights',
  'diff-on-top-k-weights',
  'top-k-weights-diff',
  'global-top-k-weights',
  'mask',
]);
const MERGES: readonly MergeChoice[] = frozen(['cohort', 'senders']);
const OPTIMIZERS: readonly OptimizerChoice[] = frozen(['none', 'momentum', 'adam']);

const POSITIONS: readonly PositionChoice[] = frozen(['lists', 'grid']);

const POWERS: readonly Power[] = frozen([4, 5, 8]);

const PLAN_BYTES = 84;
const PLAN = frozen(
  object({
    numerics: u8, // NUMERICS_VERSION: a board with other roundings must not train
    layerCount: u8,
    cohortKind: u8,
    batch: u8,
    activations: u8,
    uplink: u8,
    merge: u8,
    epochs: u8,
    rateMantissa: u8,
    rateExp: i8,
    clip: u16,
    reselectEvery: u16,
    holdBackEvery: u16,
    attempt: u16,
    cohortCount: u16, // of a list, else 0
    round: u32,
    taskSeed: u32,
    modelHash: u8Array(MODEL_HASH_BYTES),
    modelCrc: u32,
    cohortSeed: u32, // of a threshold, else 0
    cohortThreshold: u32,
    deadlineMs: u32,
    federation: u32,
    serverRate: u32,
    prox: u32,
    growth: u16,
    valueBits: u8, // place in VALUE_BITS
    positions: u8,
    momentum: u16,
    optimizer: u8,
    power: u8,
    deltaBase: u8Array(MODEL_HASH_BYTES), // NO_MODEL = no delta
    windows: u32, // 0 = no live windows
  }),
);

/** @throws RangeError naming the field that is out of range */
export function encodePlan(plan: Plan): Uint8Array {
  checkPlan(plan);
  const { cohort, method, layers } = plan;
  const devices = cohort.kind === 'list' ? cohort.devices : [];
  const head = encodeFields(PLAN, PLAN_BYTES, {
    numerics: NUMERICS_VERSION,
    layerCount: layers.length,
    cohortKind: codeOf('cohort', COHORTS, cohort.kind),
    batch: method.batch,
    activations: codeOf('activations', ACTIVATIONS, method.activations),
    uplink: codeOf('uplink', UPLINKS, method.uplink),
    merge: codeOf('merge', MERGES, method.merge),
    epochs: method.epochs,
    rateMantissa: method.rate.mantissa,
    rateExp: method.rate.exp,
    clip: method.clip,
    reselectEvery: method.reselectEvery,
    holdBackEvery: method.holdBackEvery,
    attempt: plan.attempt,
    cohortCount: devices.length,
    round: plan.round,
    taskSeed: plan.taskSeed,
    modelHash: hashToBytes(plan.modelHash),
    modelCrc: plan.modelCrc,
    cohortSeed: cohort.kind === 'threshold' ? cohort.seed : 0,
    cohortThreshold: cohort.kind === 'threshold' ? cohort.threshold : 0,
    deadlineMs: plan.deadlineMs,
    federation: plan.federation,
    serverRate: method.optimizer.rate,
    prox: method.prox,
    growth: method.growth,
    valueBits: codeOf('valueBits', VALUE_BITS, method.valueBits),
    positions: codeOf('positions', POSITIONS, method.positions),
    momentum: method.optimizer.momentum,
    optimizer: codeOf('optimizer', OPTIMIZERS, method.optimizer.kind),
    power: codeOf('power', POWERS, method.power),
    deltaBase: hashToBytes(plan.deltaBase ?? NO_MODEL),
    windows: plan.windows ?? 0,
  });
  const counts = layers.flatMap(({ active, keptInputs, sent }) => [active, keptInputs, sent]);
  return encodeFrame('plan', head, [Uint32Array.from(devices), Uint32Array.from(counts)]);
}

/** @throws ProtocolError; its code is 'version' when the plan is for boards with other numerics */
export function decodePlan(bytes: Uint8Array): Plan {
  const { head, payload } = decodeFrame('plan', bytes);
  const fields = decodeFields(PLAN, head);
  if (fields.numerics !== NUMERICS_VERSION) {
    throw new ProtocolError('version', `numerics version ${fields.numerics}, expected ${NUMERICS_VERSION}`);
  }
  const { cohortCount, layerCount } = fields;
  if (payload.length !== 4 * (cohortCount + 3 * layerCount)) {
    throw new ProtocolError(
      'length',
      `plan payload of ${payload.length} bytes, expected ${cohortCount} devices and ${layerCount} layers`,
    );
  }
  const words = new Uint32Array(payload.buffer, payload.byteOffset, payload.length / 4);
  return decoding(() => {
    const deltaBase = hashFromBytes(fields.deltaBase);
    const plan: Plan = {
      federation: fields.federation,
      taskSeed: fields.taskSeed,
      round: fields.round,
      attempt: fields.attempt,
      modelHash: hashFromBytes(fields.modelHash),
      modelCrc: fields.modelCrc,
      ...(deltaBase !== NO_MODEL && { deltaBase }),
      cohort: cohortOf(fields, words),
      deadlineMs: fields.deadlineMs,
      method: methodOf(fields),
      layers: Array.from({ length: layerCount }, (_, i) => {
        const [active, keptInputs, sent] = words.subarray(cohortCount + 3 * i);
        return { active, keptInputs, sent };
      }),
      ...(fields.windows !== 0 && { windows: fields.windows }),
    };
    checkPlan(plan);
    return plan;
  });
}

type Fields = Parsed<typeof PLAN>;

function cohortOf(fields: Fields, words: Uint32Array): Cohort {
  const { cohortKind, cohortCount, cohortSeed: seed, cohortThreshold: threshold } = fields;
  const kind = choiceOf('cohort', COHORTS, cohortKind);
  if (kind === 'list') {
    checkInteger('cohort seed and threshold of a list', seed + threshold, 0, 0);
    return { kind, devices: [...words.subarray(0, cohortCount)] };
  }
  checkInteger('cohort list of a threshold', cohortCount, 0, 0);
  return { kind, seed, threshold };
}

function methodOf(fields: Fields): TrainingMethod {
  const { clip, prox, epochs, batch, reselectEvery, holdBackEvery, rateMantissa, rateExp } = fields;
  return {
    power: choiceOf('power', POWERS, fields.power),
    activations: choiceOf('activations', ACTIVATIONS, fields.activations),
    uplink: choiceOf('uplink', UPLINKS, fields.uplink),
    valueBits: choiceOf('valueBits', VALUE_BITS, fields.valueBits),
    positions: choiceOf('positions', POSITIONS, fields.positions),
    growth: fields.growth,
    merge: choiceOf('merge', MERGES, fields.merge),
    optimizer: {
      kind: choiceOf('optimizer', OPTIMIZERS, fields.optimizer),
      rate: fields.serverRate,
      momentum: fields.momentum,
    },
    rate: { mantissa: rateMantissa, exp: rateExp },
    clip,
    prox,
    epochs,
    batch,
    reselectEvery,
    holdBackEvery,
  };
}

function checkPlan(plan: Plan): void {
  const { federation, taskSeed, round, attempt, modelCrc, cohort, deadlineMs, method, layers } = plan;
  checkInteger('federation', federation, 0, UINT32_MAX);
  checkInteger('taskSeed', taskSeed, 0, UINT32_MAX);
  checkInteger('round', round, 1, UINT32_MAX);
  checkInteger('attempt', attempt, 1, UINT16_MAX);
  checkInteger('modelCrc', modelCrc, 0, UINT32_MAX);
  checkInteger('deadlineMs', deadlineMs, 0, UINT32_MAX);
  checkInteger('rate mantissa', method.rate.mantissa, 1, 255);
  checkInteger('rate exp', method.rate.exp, -24, 0);
  checkInteger('server rate', method.optimizer.rate, 1, 2 ** 20);
  checkInteger('momentum', method.optimizer.momentum, 0, 1023);
  checkInteger('clip', method.clip, 0, UINT16_MAX);
  checkInteger('prox', method.prox, 0, 2 ** 20);
  checkInteger('growth', method.growth, 0, UINT16_MAX);
  checkInteger('epochs', method.epochs, 1, 255);
  checkInteger('batch', method.batch, 1, BATCH_MAX);
  checkInteger('reselectEvery', method.reselectEvery, 1, UINT16_MAX);
  checkInteger('holdBackEvery', method.holdBackEvery, 0, UINT16_MAX);
  checkInteger('layers', layers.length, 1, MAX_PLAN_LAYERS);
  for (const [i, { active, keptInputs, sent }] of layers.entries()) {
    checkInteger(`layer ${i} active`, active, 1, UINT32_MAX);
    checkInteger(`layer ${i} keptInputs`, keptInputs, 1, UINT32_MAX);
    checkInteger(`layer ${i} sent`, sent, 1, UINT32_MAX);
  }
  if (plan.windows !== undefined) checkInteger('windows', plan.windows, 1, UINT32_MAX);
  checkCohort(cohort);
}

function checkCohort(cohort: Cohort): void {
  if (cohort.kind === 'threshold') {
    checkInteger('cohort seed', cohort.seed, 0, UINT32_MAX);
    checkInteger('cohort threshold', cohort.threshold, 0, UINT32_MAX);
    return;
  }
  checkInteger('cohort devices', cohort.devices.length, 0, MAX_COHORT_LIST);
  let least = 0;
  for (const [i, hash] of cohort.devices.entries()) {
    checkInteger(`cohort device ${i}`, hash, least, UINT32_MAX);
    least = hash;
  }
}
