/**
 * The golden runs, for any engine: each method trains for 500 steps and more on synthetic data, and each preset
 * for a few on each network of the zoo, some on one whose layers are wide.
 * Rates and batches are set here, so that a preset may get better defaults without touching a hash.
 */
import { SyntheticExamples } from '../../firmware/data/synthetic.js';
import { localRound, roundSeed } from '../../firmware/federation/localround.js';
import type { Examples } from '../../firmware/ports/ports.js';
import { trainingPart } from '../../firmware/trainer/holdback.js';
import { Trainer } from '../../firmware/trainer/trainer.js';
import type { ModelDescription } from '../../shared/model/description.js';
import { initialModel } from '../../shared/model/initial.js';
import type { LayerDescription } from '../../shared/model/layer.js';
import { sourceOf } from '../../shared/model/model.js';
import { PRESETS, type PresetName, type Recipe, recipeOf } from '../../shared/model/recipe.js';
import { planTraining, powerOf } from '../../shared/model/training.js';
import type { Plan } from '../../shared/protocol/plan.js';
import { ZOO } from '../../tools/datasets/zoo.js';

interface GoldenRun {
  readonly preset: PresetName;
  readonly density: number;
  readonly changes: Partial<Recipe>;
  readonly signed?: boolean;
  readonly isSparse?: boolean; // two weights of three are 0 in the base
  readonly layers?: readonly LayerDescription[]; // 12 and 8 hidden units when left out
  readonly zoo?: ZooRun; // of a network of the zoo in place of these small ones
}

interface ZooRun {
  readonly description: ModelDescription;
  readonly examples: number; // one of ten held back
}

/** Along time, then the mean of it. */
const SPEECH: readonly LayerDescription[] = [
  { kind: 'conv1d', channels: 6, kernel: 3, stride: 2, padding: 'same' },
  { kind: 'conv1d', channels: 8, kernel: 2, stride: 1, padding: 'valid' },
  { kind: 'globalavgpool' },
  { kind: 'dense', units: 10 },
];

/** Every other kind of layer; borders after a maximum and after a mean. */
const IMAGE: readonly LayerDescription[] = [
  { kind: 'conv2d', channels: 4, kernel: [3, 3], stride: [1, 1], padding: 'same' },
  { kind: 'maxpool', size: [3, 2], stride: [2, 2] },
  { kind: 'depthwise2d', kernel: [3, 3], stride: [1, 1], padding: 'same' },
  { kind: 'avgpool', size: [2, 2], stride: [1, 1] },
  { kind: 'conv2d', channels: 6, kernel: [2, 2], stride: [1, 2], padding: 'same' },
  { kind: 'dense', units: 10 },
];

const DENSE: readonly LayerDescription[] = [12, 8, 10].map((units) => ({ kind: 'dense', units }));

/** By network: some more where a step is quick. */
const EXAMPLES: Readonly<Record<string, number>> = {
  'digits-mlp': 90,
  'fashion14-mlp': 45,
  'fashion14-cnn': 45,
  'speech12-kws': 20,
};

/** Batches on both sides of the eight lanes that kernels take at once. */
const METHODS: Readonly<Record<string, GoldenRun>> = {
  dense: { preset: 'dense', density: 1, changes: { batch: 8 } },
  'dense, batch 1, int8 inputs': { preset: 'dense', density: 1, changes: { batch: 1 }, signed: true },
  swat: { preset: 'swat', density: 0.1, changes: { batch: 8 } },
  'zerofl, top-k-weights': {
    preset: 'zerofl',
    density: 0.2,
    changes: { batch: 5, uplink: 'top-k-weights', maskRatio: 0.1 },
  },
  'zerofl, diff-on-top-k-weights': {
    preset: 'zerofl',
    density: 0.1,
    changes: { batch: 9, uplink: 'diff-on-top-k-weights', maskRatio: 0.2 },
  },
  'zerofl, top-k-weights-diff': {
    preset: 'zerofl',
    density: 0.15,
    changes: { batch: 8, uplink: 'top-k-weights-diff', maskRatio: 0 },
  },
  sparrow: { preset: 'sparrow', density: 0.1, changes: { batch: 8 } },
  'sparrow, batch 11, int8 inputs': {
    preset: 'sparrow',
    density: 0.15,
    changes: { batch: 11 },
    signed: true,
  },
  'sparrow, values of 8 bits': {
    preset: 'sparrow',
    density: 0.1,
    changes: { batch: 8, rate: 0.25, valueBits: 8 },
  },
  'sparrow, values of 4 bits': {
    preset: 'sparrow',
    density: 0.5,
    changes: { batch: 8, rate: 0.2, valueBits: 4 },
  },
  'sparrow, positions as a grid': {
    preset: 'sparrow',
    density: 0.1,
    changes: { batch: 8, rate: 0.2, positions: 'grid' },
  },
  'zerofl, top-k-weights of 8 bits': {
    preset: 'zerofl',
    density: 0.2,
    changes: { batch: 5, rate: 0.2, uplink: 'top-k-weights', maskRatio: 0.1, valueBits: 8 },
  },
  sparsyfed: { preset: 'sparsyfed', density: 0.15, changes: { batch: 8 }, isSparse: true },
  'sparsyfed, power 2, proximal': {
    preset: 'sparsyfed',
    density: 0.15,
    changes: { batch: 6, power: 2, prox: 0.05 },
    isSparse: true,
    signed: true,
  },
  mask: { preset: 'mask', density: 0.2, changes: { batch: 8, reviseEvery: 2 } },
  'mask, values of 4 bits': {
    preset: 'mask',
    density: 0.2,
    changes: { batch: 8, reviseEvery: 2, valueBits: 4, rate: 0.2 },
  },
  'mask, union of inputs, plain rounds': {
    preset: 'mask',
    density: 0.2,
    changes: { batch: 9, activations: 'union', activationDensity: 0.2, reviseEvery: 10 },
    signed: true,
  },
  'convolution along time, dense': {
    preset: 'dense',
    density: 1,
    changes: { batch: 8 },
    signed: true,
    layers: SPEECH,
  },
  'convolution along time, swat': {
    preset: 'swat',
    density: 0.2,
    changes: { batch: 5 },
    signed: true,
    layers: SPEECH,
  },
  'convolution along time, sparsyfed': {
    preset: 'sparsyfed',
    density: 0.2,
    changes: { batch: 8 },
    signed: true,
    isSparse: true,
    layers: SPEECH,
  },
  'convolution of images, mask': {
    preset: 'mask',
    density: 0.3,
    changes: { batch: 8, reviseEvery: 2 },
    layers: IMAGE,
  },
  'convolution of images, dense': { preset: 'dense', density: 1, changes: { batch: 5 }, layers: IMAGE },
  'convolution of images, sparrow': { preset: 'sparrow', density: 0.5, changes: { batch: 9 }, layers: IMAGE },
};

/** Every preset on every network of the zoo: a few steps, since byte code takes about 0.1 µs for each multiply-accumulate. */
const ZOO_RUNS: Readonly<Record<string, GoldenRun>> = Object.fromEntries(
  ZOO.flatMap((description) =>
    PRESETS.map((preset): [string, GoldenRun] => [
      `${description.name}, ${preset}`,
      {
        preset,
        density: preset === 'dense' ? 1 : 0.1,
        changes: { batch: 8, rate: 0.3, reselectEvery: 16, epochs: 1 },
        signed: description.input.type === 'int8',
        isSparse: preset === 'sparsyfed',
        zoo: { description, examples: EXAMPLES[description.name] },
      },
    ]),
  ),
);

/** The second layer has 2,304 values, more than a kernel for norms takes at once. */
const WIDE: readonly LayerDescription[] = [
  { kind: 'conv2d', channels: 6, kernel: [3, 3], stride: [1, 1], padding: 'same' },
  { kind: 'conv2d', channels: 64, kernel: [2, 2], stride: [1, 1], padding: 'same' },
  { kind: 'maxpool', size: [3, 3], stride: [3, 3] },
  { kind: 'dense', units: 10 },
];

/** A few steps of each. */
const WIDE_RUNS: Readonly<Record<string, GoldenRun>> = Object.fromEntries(
  (['dense', 'swat', 'sparrow', 'sparsyfed'] as const).map((preset, i): [string, GoldenRun] => [
    `wide, ${preset}`,
    {
      preset,
      density: preset === 'dense' ? 1 : 0.2,
      changes: { batch: 5 + i, epochs: 1 },
      isSparse: preset === 'sparsyfed',
      layers: WIDE,
    },
  ]),
);

const RUNS: Readonly<Record<string, GoldenRun>> = { ...METHODS, ...WIDE_RUNS, ...ZOO_RUNS };

/** Each method in several forms, for hundreds of steps. */
export const METHOD_NAMES = Object.keys(METHODS);

/** A few steps. */
export const WIDE_NAMES = Object.keys(WIDE_RUNS);

/** Each network of the zoo with each preset, a few steps. */
export const ZOO_NAMES = Object.keys(ZOO_RUNS);

export const NAMES = Object.keys(RUNS);

/** The preset and the kinds of layers of a run. */
export function coverOf(name: string): { readonly preset: PresetName; readonly kinds: readonly string[] } {
  const { preset, layers, zoo } = RUNS[name];
  return { preset, kinds: (zoo?.description.layers ?? layers ?? DENSE).map(({ kind }) => kind) };
}

const STEPS = 500;
const SEED = 4711;
const HOLD_BACK_EVERY = 10;

export interface GoldenResult {
  readonly steps: number;
  readonly weights: Uint8Array; // all parameters after training
  readonly update: Uint8Array; // the frame that goes up
  readonly start: Uint8Array; // the parameters before
}

/** @param sliceMacs changes no bit */
export function goldenRun(name: string, sliceMacs: number): GoldenResult {
  const { preset, density, changes, signed = false, isSparse, zoo } = RUNS[name];
  const power = recipeOf(preset, density, changes).power;
  const input = { shape: [6, 6], type: signed ? 'int8' : 'uint8', exp: signed ? -7 : -8 } as const;
  const small = { name: 'golden', input, layers: RUNS[name].layers ?? DENSE };
  const model = initialModel(zoo?.description ?? small, SEED, powerOf({ power }));
  if (isSparse) {
    for (const { weights } of model.head.layout.layers) {
      const all = new Int16Array(model.parameters, weights.offset, weights.length);
      for (let i = 0; i < all.length; i++) if (i % 3 !== 0) all[i] = 0;
    }
  }
  const batch = changes.batch ?? 1;
  const { inputs, classes } = model.head.layout;
  const examples = inMemory(new SyntheticExamples(zoo?.examples ?? 70, inputs, classes, SEED, signed));
  const kept = trainingPart(examples, HOLD_BACK_EVERY);
  const epochs = changes.epochs ?? Math.min(255, Math.ceil(STEPS / Math.ceil(kept.count / batch)));
  const recipe = recipeOf(preset, density, {
    ...{ rate: 0.3, clip: 4, reselectEvery: 60, holdBackEvery: HOLD_BACK_EVERY, epochs },
    ...changes,
  });
  const plan: Plan = {
    federation: 0,
    taskSeed: SEED,
    round: 3,
    attempt: 1,
    modelHash: '0011223344556677',
    modelCrc: 0,
    cohort: { kind: 'list', devices: [] },
    deadlineMs: 0,
    ...planTraining(recipe, model.head.layout, 3, model),
  };
  const { method, layers } = plan;
  const seed = roundSeed(plan, 'golden');
  const mask = method.uplink === 'mask' ? plan : undefined;
  const trainer = new Trainer(model.head, { method, layers, seed, sliceMacs, mask }, kept);
  drain(trainer.train(sourceOf(model)));
  const round = drain(localRound({ plan, device: 'golden', model: sourceOf(model), examples, sliceMacs }));
  return {
    steps: epochs * Math.ceil(kept.count / batch),
    weights: trainer.network.u8.slice(0, model.head.layout.parameterBytes),
    update: round.frame,
    start: new Uint8Array(model.parameters),
  };
}

/** Read once: making a feature costs more than training on it. */
function inMemory(source: SyntheticExamples): Examples {
  const { count, features, signed, classes } = source;
  const table = new Uint8Array(count * features);
  const labels = Array.from({ length: count }, (_, i) => source.read(i, table.subarray(i * features)));
  return {
    ...{ count, features, signed, classes },
    read: (index, out) => {
      out.set(table.subarray(index * features, (index + 1) * features));
      return labels[index];
    },
  };
}

function drain<T>(run: Generator<number, T>): T {
  for (;;) {
    const step = run.next();
    if (step.done) return step.value;
  }
}
