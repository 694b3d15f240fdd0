/**
 * Whether this engine computes what every other one does: short rounds of each kind of training
 * on synthetic data, reduced to one checksum. A board, an emulator and a test compare it with
 * SELF_TEST; a difference means other weights, so such an engine must not take part.
 *
 * About 0.6 million multiply-accumulates: 3 s or so in byte code on a board. The host measures its
 * own time and memory around it.
 * @module
 */

import { frozen } from '../../shared/fixed/frozen.js';
import { PLAIN } from '../../shared/fixed/power.js';
import type { ModelDescription } from '../../shared/model/description.js';
import { initialModel } from '../../shared/model/initial.js';
import type {
  ActivationChoice,
  LayerCounts,
  TrainingMethod,
  UplinkChoice,
} from '../../shared/model/method.js';
import { type Model, sourceOf } from '../../shared/model/model.js';
import { crc32Update } from '../../shared/protocol/crc32.js';
import { NO_MODEL } from '../../shared/protocol/model.js';
import type { Plan } from '../../shared/protocol/plan.js';
import { SyntheticExamples } from '../data/synthetic.js';
import { localRound } from './localround.js';

export interface SelfTestResult {
  readonly checksum: number; // uint32, CRC-32 over the update frames of all rounds
  readonly macs: number; // multiply-accumulates of their training
  readonly examples: number; // trained on
}

/** What every engine must get. It changes with NUMERICS_VERSION or the format of an update only. */
export const SELF_TEST: SelfTestResult = frozen({ checksum: 2026061137, macs: 594838, examples: 336 });

const SEED = 20220207;

/** Three layers, so that errors pass two ReLUs; 11 examples at once, so 8 lanes and 3 more. */
const DESCRIPTION: ModelDescription = frozen({
  name: 'selftest',
  input: { shape: [8, 6], type: 'uint8', exp: -8 },
  layers: [
    { kind: 'dense', units: 20 },
    { kind: 'dense', units: 12 },
    { kind: 'dense', units: 5 },
  ],
});
const BATCH = 11;
const EXAMPLES = 48;

/** Counts of all weights, then of a few. */
const ALL: readonly LayerCounts[] = frozen([
  { active: 960, keptInputs: 48, sent: 960 },
  { active: 240, keptInputs: 20, sent: 240 },
  { active: 60, keptInputs: 12, sent: 60 },
]);
const FEW: readonly LayerCounts[] = frozen([
  { active: 150, keptInputs: 10, sent: 200 },
  { active: 60, keptInputs: 5, sent: 60 },
  { active: 50, keptInputs: 6, sent: 60 },
]);

const ROUNDS: readonly (readonly [ActivationChoice, UplinkChoice, readonly LayerCounts[]])[] = frozen([
  ['all', 'all', ALL],
  ['union', 'top-k-weights-diff', FEW],
  ['top-k', 'diff-on-top-k-weights', FEW],
  ['top-k', 'top-k-weights', FEW],
]);

/**
 * Runs it; yields the work done since the last pause, as a round does.
 * @param sliceMacs work between two pauses; changes no result
 */
export function* selfTest(sliceMacs: number): Generator<number, SelfTestResult> {
  const model = initialModel(DESCRIPTION, SEED);
  let checksum = 0;
  let macs = 0;
  let examples = 0;
  for (let i = 0; i < ROUNDS.length; i++) {
    const [activations, uplink, layers] = ROUNDS[i];
    const result = yield* roundOf(model, planOf(i + 1, methodOf(activations, uplink), layers), sliceMacs);
    checksum = crc32Update(checksum, result.frame);
    macs += result.macs;
    examples += result.examples * EPOCHS;
  }
  return { checksum, macs, examples };
}

const EPOCHS = 2;

function methodOf(activations: ActivationChoice, uplink: UplinkChoice): TrainingMethod {
  return {
    power: PLAIN,
    activations,
    uplink,
    valueBits: 16,
    positions: 'lists',
    merge: 'cohort',
    optimizer: { kind: 'none', rate: 65536, momentum: 0 },
    rate: { mantissa: 154, exp: -9 }, // 0.3
    clip: 64, // 4
    prox: 0,
    growth: 0,
    epochs: EPOCHS,
    batch: BATCH,
    reselectEvery: 30,
    holdBackEvery: 8,
  };
}

function planOf(round: number, method: TrainingMethod, layers: readonly LayerCounts[]): Plan {
  return {
    federation: 0,
    taskSeed: SEED,
    round,
    attempt: 1,
    modelHash: NO_MODEL,
    modelCrc: 0,
    cohort: { kind: 'list', devices: [] },
    deadlineMs: 0,
    method,
    layers,
  };
}

function roundOf(model: Model, plan: Plan, sliceMacs: number): ReturnType<typeof localRound> {
  const examples = new SyntheticExamples(
    EXAMPLES,
    DESCRIPTION.input.shape[0] * DESCRIPTION.input.shape[1],
    5,
    SEED,
  );
  return localRound({ plan, device: 'selftest', model: sourceOf(model), examples, sliceMacs });
}
