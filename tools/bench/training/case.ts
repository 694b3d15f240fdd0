/**
 * What is measured: which network, which method, how dense, how many examples at once.
 * @module
 */
import { boardProfile } from '../../../shared/model/boards.js';
import type { ModelDescription } from '../../../shared/model/description.js';
import type { PresetName } from '../../../shared/model/recipe.js';
import { ZOO } from '../../datasets/zoo.js';
import type { TrainingTerms } from './terms.js';

/** The network of the published comparisons, then the zoo. */
export const MODELS: Readonly<Record<string, ModelDescription>> = {
  '256-64-10': {
    name: 'bench',
    input: { shape: [16, 16], type: 'uint8', exp: -8 },
    layers: [64, 10].map((units) => ({ kind: 'dense', units })),
  },
  ...Object.fromEntries(ZOO.map((description) => [description.name, description])),
};

export interface Case {
  readonly model: string; // of MODELS
  readonly preset: PresetName;
  readonly density: number;
  readonly batch: number;
}

/** Examples between two selections of weights, over which the cost of one is spread. */
export const PERIOD = 80;

/** At batch 1 sparrow keeps so many inputs of its example: as many columns as a batch of 8 shares. */
const SINGLE_DENSITY = 0.2;

/** `256-64-10, swat 0.05, batch 8`: also the key of a figure in the baseline. */
export function caseName({ model, preset, density, batch }: Case): string {
  return `${model}, ${methodName({ preset, density })}, batch ${batch}`;
}

export function methodName({ preset, density }: Pick<Case, 'preset' | 'density'>): string {
  return preset === 'dense' ? preset : `${preset} ${density.toFixed(2)}`;
}

type Stretch = Pick<TrainingTerms, 'isFull' | 'perEpoch' | 'from' | 'to' | 'reselectEvery' | 'sliceMacs'>;

export function termsOf({ model, preset, density, batch }: Case, stretch: Stretch): TrainingTerms {
  const isSingle = preset === 'sparrow' && batch === 1;
  const activationDensity = isSingle ? SINGLE_DENSITY : density;
  return { description: MODELS[model], preset, density, activationDensity, batch, ...stretch };
}

/**
 * Full work on an engine where a step takes seconds, in a board's slices: the second epoch of two batches of 8, of a
 * convolutional network one, then one selection of weights.
 */
export function shortTerms(subject: Case): TrainingTerms {
  const isDense = MODELS[subject.model].layers.every(({ kind }) => kind === 'dense');
  const examples = isDense ? 16 : 8;
  const { sliceMacs } = boardProfile('esp32');
  const stretch = { isFull: true, perEpoch: examples, from: examples, to: 2 * examples };
  return termsOf(subject, { ...stretch, reselectEvery: 2 * examples, sliceMacs });
}

const METHODS: readonly Pick<Case, 'preset' | 'density'>[] = [
  { preset: 'dense', density: 1 },
  { preset: 'swat', density: 0.05 },
  { preset: 'swat', density: 0.1 },
  { preset: 'sparrow', density: 0.05 },
  { preset: 'sparrow', density: 0.1 },
];

/** Every model and method in batches of 8, the network of the comparisons also with single examples. */
export const CASES: readonly Case[] = Object.keys(MODELS).flatMap((model) =>
  (model === '256-64-10' ? [1, 8] : [8]).flatMap((batch) =>
    METHODS.map((method) => ({ model, batch, ...method })),
  ),
);
