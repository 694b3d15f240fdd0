/**
 * A recipe is what a person asks for (a method's name, a density, a rate); a plan's training part
 * is what the boards get: integers only. Every method is a choice in the same places (DESIGN
 * section 6), and the presets of others follow their papers.
 * @module
 */
import { frozen } from '../fixed/frozen.js';
import { VALUE_BITS, type ValueBits } from './delta.js';
import type { DensityChoice } from './density.js';
import type {
  ActivationChoice,
  MergeChoice,
  OptimizerChoice,
  PositionChoice,
  UplinkChoice,
} from './method.js';

/** Names a person may ask for. */
export const PRESETS = frozen(['dense', 'swat', 'zerofl', 'sparsyfed', 'mask', 'sparrow'] as const);
export type PresetName = (typeof PRESETS)[number];

/** Which weights are in use. */
export type ActiveChoice =
  /** the largest, as many as the density says */
  | 'top-k'
  /** all that are not 0 in the model of the round; inputs are kept at the same density in each layer */
  | 'nonzero'
  /** those of a mask that all boards share, the largest of the model with a few grown from time to time */
  | 'mask';

export interface Recipe {
  readonly preset: PresetName;
  readonly density: number; // of weights, above 0, to 1; `dense` has 1
  readonly active: ActiveChoice;
  readonly power: number; // of the weights: 1, 1.25 or 2 (Schwarz et al. 2021)
  readonly growth: number; // part of the mask that a revision grows anew in round 1, falling to 0; 0 to below 1
  readonly reviseEvery: number; // rounds between two revisions of the mask
  readonly rampFrom: number; // density of round 1, at least `density`; equal to it = constant
  readonly rampRounds: number; // part of the rounds after which `density` is reached, above 0, to 1
  readonly activationDensity: number; // inputs kept per example for the weight gradient
  readonly spread: DensityChoice;
  readonly activations: ActivationChoice;
  readonly uplink: UplinkChoice;
  readonly maskRatio: number; // sent on top of the density, 0 to 1 - density (ZeroFL, section 5)
  readonly valueBits: ValueBits; // of each value that goes up
  readonly positions: PositionChoice; // how their places may be coded
  readonly merge: MergeChoice;
  readonly optimizer: OptimizerChoice; // of the server
  readonly serverRate: number; // above 0, to 16
  readonly momentum: number; // of the server's optimizer, 0 to below 1; β1 of adam
  readonly rate: number; // first learning rate, above 0, to 16
  readonly rateEnd: number; // last learning rate, above 0, to `rate`
  readonly rounds: number;
  readonly epochs: number;
  readonly batch: number;
  readonly clip: number; // bound on a layer's gradient norm, 0 to 4095; 0 = off
  readonly prox: number; // mu of FedProx's proximal term, 0 to 16; 0 = off
  readonly reselectEvery: number;
  readonly holdBackEvery: number;
}

type Choices = Pick<
  Recipe,
  'spread' | 'activations' | 'uplink' | 'merge' | 'maskRatio' | 'rate' | 'reselectEvery'
> &
  Partial<Pick<Recipe, 'active' | 'power'>>;

/**
 * - dense: FedAvg (McMahan et al. 2017).
 * - swat: sparse training, dense uplink, the yardstick of ZeroFL (Raihan & Aamodt 2020; ZeroFL, section 4).
 * - zerofl: the same training, masked uplink, zeros counted in the mean (ZeroFL, section 5); mask ratio 0.2 is
 *   its best row, Top-K-Weights-Diff the strategy that does best at this scale.
 * - sparsyfed: weights as powers, so that 0 stays 0; all that is not 0 is in use; the largest of the whole
 *   model go up, zeros counted in the mean (Guastella et al. 2025; activations at the layer's own density).
 * - mask: one mask for all boards, as FLASH (Babakniya et al. 2023) and SSFL have after they voted for one.
 * - sparrow: ERK densities, union of columns, largest differences up, mean over senders; weights are
 *   chosen twice as often, since a small shard would otherwise see one choice only.
 */
const CHOICES: Readonly<Record<PresetName, Choices>> = frozen({
  dense: {
    spread: 'uniform',
    activations: 'all',
    uplink: 'all',
    merge: 'cohort',
    maskRatio: 0,
    rate: 0.3,
    reselectEvery: 80,
  },
  swat: {
    spread: 'uniform',
    activations: 'top-k',
    uplink: 'all',
    merge: 'cohort',
    maskRatio: 0,
    rate: 0.6,
    reselectEvery: 80,
  },
  zerofl: {
    spread: 'uniform',
    activations: 'top-k',
    uplink: 'top-k-weights-diff',
    merge: 'cohort',
    maskRatio: 0.2,
    rate: 0.6,
    reselectEvery: 80,
  },
  sparsyfed: {
    active: 'nonzero',
    power: 1.25,
    spread: 'uniform',
    activations: 'top-k',
    uplink: 'global-top-k-weights',
    merge: 'cohort',
    maskRatio: 0,
    rate: 0.6,
    reselectEvery: 80,
  },
  mask: {
    active: 'mask',
    spread: 'erk',
    activations: 'all',
    uplink: 'mask',
    merge: 'cohort',
    maskRatio: 0,
    rate: 0.8,
    reselectEvery: 80,
  },
  sparrow: {
    spread: 'erk',
    activations: 'union',
    uplink: 'top-k-weights-diff',
    merge: 'senders',
    maskRatio: 0,
    rate: 0.4,
    reselectEvery: 40,
  },
});

/** Server rates: of Adam the step itself, of the others a factor. A momentum of 0.9 multiplies by ten. */
const SERVER_RATES: Readonly<Record<OptimizerChoice, number>> = frozen({
  none: 1,
  momentum: 0.1,
  adam: 0.02,
});

const ACTIVE: readonly ActiveChoice[] = frozen(['top-k', 'nonzero', 'mask']);

const POWERS: readonly number[] = frozen([1, 1.25, 2]);

/** The learning rate falls to this part of the first over a run (ZeroFL, section A.5). */
const RATE_FALL = 10;

/**
 * A preset with its defaults; `changes` replaces any of them.
 * @throws RangeError naming the field, its value and what was expected
 */
export function recipeOf(preset: PresetName, density: number, changes: Partial<Recipe> = {}): Recipe {
  if (!PRESETS.includes(preset)) throw bad('method', preset, PRESETS.join(', '));
  const choices = CHOICES[preset];
  range('density', density, 0, 1);
  const used = preset === 'dense' ? 1 : density;
  const rate = changes.rate ?? choices.rate;
  const optimizer = changes.optimizer ?? 'none';
  const recipe: Recipe = {
    preset,
    density: used,
    rampFrom: used,
    rampRounds: 0.5,
    activationDensity: used,
    active: 'top-k',
    power: 1,
    growth: 0.2,
    reviseEvery: 10,
    ...choices,
    valueBits: 16,
    positions: 'lists',
    optimizer,
    serverRate: SERVER_RATES[optimizer],
    momentum: 0.9,
    rateEnd: rate / RATE_FALL,
    rounds: 100,
    epochs: 1,
    batch: 8,
    clip: 4,
    prox: 0,
    holdBackEvery: 0,
    ...changes,
  };
  check(recipe);
  return recipe;
}

function check(recipe: Recipe): void {
  range('density', recipe.density, 0, 1);
  if (!(recipe.rampFrom >= recipe.density && recipe.rampFrom <= 1)) {
    throw bad('ramp', recipe.rampFrom, `the density ${recipe.density} to 1`);
  }
  if (!ACTIVE.includes(recipe.active)) throw bad('active', recipe.active, ACTIVE.join(', '));
  if ((recipe.active === 'mask') !== (recipe.uplink === 'mask')) {
    throw bad(
      'uplink',
      recipe.uplink,
      `${recipe.active === 'mask' ? '' : 'no '}mask where active is ${recipe.active}`,
    );
  }
  if (!(recipe.growth >= 0 && recipe.growth < 1)) throw bad('growth', recipe.growth, '0 to below 1');
  whole('revise', recipe.reviseEvery, 1, 1_000_000);
  if (!POWERS.includes(recipe.power)) throw bad('power', recipe.power, POWERS.join(', '));
  range('ramp rounds', recipe.rampRounds, 0, 1);
  range('activation density', recipe.activationDensity, 0, 1);
  if (!(recipe.optimizer in SERVER_RATES)) {
    throw bad('optimizer', recipe.optimizer, Object.keys(SERVER_RATES).join(', '));
  }
  range('server rate', recipe.serverRate, 0, 16);
  if (!(recipe.momentum >= 0 && recipe.momentum < 1)) throw bad('momentum', recipe.momentum, '0 to below 1');
  range('rate', recipe.rate, 0, 16);
  range('last rate', recipe.rateEnd, 0, recipe.rate);
  if (!(recipe.maskRatio >= 0 && recipe.maskRatio <= 1)) throw bad('mask ratio', recipe.maskRatio, '0 to 1');
  if (!VALUE_BITS.includes(recipe.valueBits)) {
    throw bad('value bits', recipe.valueBits, VALUE_BITS.join(', '));
  }
  if (!(recipe.clip >= 0 && recipe.clip <= 4095)) throw bad('clip', recipe.clip, '0 to 4095');
  if (!(recipe.prox >= 0 && recipe.prox <= 16)) throw bad('prox', recipe.prox, '0 to 16');
  whole('rounds', recipe.rounds, 1, 1_000_000);
  whole('epochs', recipe.epochs, 1, 255);
  whole('batch', recipe.batch, 1, 16);
  whole('reselect', recipe.reselectEvery, 1, 65535);
  whole('hold back', recipe.holdBackEvery, 0, 65535);
  if (recipe.holdBackEvery === 1)
    throw bad('hold back', 1, '0, or 2 and more: one of one leaves nothing to train on');
}

function range(name: string, value: number, above: number, to: number): void {
  if (!(value > above && value <= to)) throw bad(name, value, `above ${above}, to ${to}`);
}

function whole(name: string, value: number, from: number, to: number): void {
  if (!Number.isInteger(value) || value < from || value > to)
    throw bad(name, value, `an integer from ${from} to ${to}`);
}

function bad(name: string, value: unknown, expected: string): RangeError {
  return new RangeError(`${name} ${String(value)}, expected ${expected}`);
}
