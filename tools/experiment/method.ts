/**
 * The methods of an experiment: presets with changes, each under a name of its own.
 * @module
 */
import type { DensityChoice } from '../../shared/model/density.js';
import type {
  ActivationChoice,
  MergeChoice,
  OptimizerChoice,
  PositionChoice,
  UplinkChoice,
} from '../../shared/model/method.js';
import {
  type ActiveChoice,
  PRESETS,
  type PresetName,
  type Recipe,
  recipeOf,
} from '../../shared/model/recipe.js';
import { badField, checkNames, list, part, record, text } from './field.js';

/** Replacements of fields of a preset, by their names in `Recipe`. */
export type Changes = Readonly<Record<string, number | string>>;

export interface Method {
  readonly name: string; // as the table shows it
  readonly preset: PresetName;
  readonly densities: readonly number[];
  readonly rate: RateChoice;
  readonly changes: Changes;
}

/** A rate, the preset's own, or the best of the grid. */
export type RateChoice = number | 'preset' | 'grid';

/** Decided by other fields of an experiment. */
const FIXED = ['preset', 'density', 'rate', 'rateEnd', 'rounds'];

/** Recipe fields that are one of some words; a new word must be added here, or this does not compile. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  spread: Object.keys({ uniform: 0, erk: 0 } satisfies Record<DensityChoice, 0>),
  active: Object.keys({ 'top-k': 0, nonzero: 0, mask: 0 } satisfies Record<ActiveChoice, 0>),
  activations: Object.keys({ all: 0, 'top-k': 0, union: 0 } satisfies Record<ActivationChoice, 0>),
  uplink: Object.keys({
    all: 0,
    'top-k-weights': 0,
    'diff-on-top-k-weights': 0,
    'top-k-weights-diff': 0,
    'global-top-k-weights': 0,
    mask: 0,
  } satisfies Record<UplinkChoice, 0>),
  merge: Object.keys({ cohort: 0, senders: 0 } satisfies Record<MergeChoice, 0>),
  positions: Object.keys({ lists: 0, grid: 0 } satisfies Record<PositionChoice, 0>),
  optimizer: Object.keys({ none: 0, momentum: 0, adam: 0 } satisfies Record<OptimizerChoice, 0>),
};

/**
 * @param densities for the methods that name none of their own
 * @throws RangeError naming the field, its value and what was expected
 */
export function methodsOf(value: unknown, densities: unknown, rates: unknown): Method[] {
  const shared = densities === undefined ? undefined : densitiesOf(densities, 'densities');
  const methods = list(value, 'methods').map((item, i) => methodOf(item, `methods[${i}]`, shared));
  const names = methods.map((method) => method.name);
  checkNames(names, 'methods');
  const rateOf = ratesOf(rates, names);
  return methods.map((method) => ({ ...method, rate: rateOf(method.name) }));
}

function methodOf(item: unknown, where: string, shared: readonly number[] | undefined): Method {
  if (typeof item !== 'object' || item === null) throw badField(where, item, 'an object');
  const { method: preset, name, densities, ...changes } = item as Record<string, unknown>;
  if (!PRESETS.includes(preset as PresetName)) {
    throw badField(`${where}.method`, preset, PRESETS.join(', '));
  }
  const own = densities === undefined ? shared : densitiesOf(densities, `${where}.densities`);
  if (own === undefined && preset !== 'dense') throw badField('densities', undefined, 'a list of densities');
  for (const [field, change] of Object.entries(changes)) {
    checkChange(preset as PresetName, field, change, `${where}.${field}`);
  }
  return {
    name: name === undefined ? (preset as PresetName) : text(name, `${where}.name`),
    preset: preset as PresetName,
    densities: own ?? [1],
    rate: 'preset',
    changes: changes as Changes,
  };
}

function densitiesOf(value: unknown, where: string): number[] {
  return list(value, where).map((density, i) => part(density, `${where}[${i}]`, 0, 1));
}

/** `"grid"` or one rate for all, or an object with one of these for each method. */
function ratesOf(value: unknown, names: readonly string[]): (name: string) => RateChoice {
  const one = (rate: unknown, where: string): RateChoice => {
    if (rate === 'grid') return 'grid';
    if (typeof rate === 'number' && rate > 0 && rate <= 16) return rate;
    throw badField(where, rate, '"grid" or a number above 0, to 16');
  };
  if (value === undefined) return () => 'preset';
  if (typeof value !== 'object') {
    const rate = one(value, 'rates');
    return () => rate;
  }
  const each = record(value, 'rates', names);
  const rates = new Map(names.map((name) => [name, one(each[name], `rates.${name}`)]));
  return (name) => rates.get(name) as RateChoice;
}

/** Every combination of the values given for some fields of the recipe. */
export function variationsOf(value: unknown, where: string): Changes[] {
  if (typeof value !== 'object' || value === null) throw badField(where, value, 'an object');
  let variations: Changes[] = [{}];
  for (const [field, values] of Object.entries(value)) {
    const options = list(values, `${where}.${field}`);
    for (const [i, option] of options.entries()) {
      checkChange('sparrow', field, option, `${where}.${field}[${i}]`);
    }
    variations = variations.flatMap((variation) =>
      options.map((option) => ({ ...variation, [field]: option as number | string })),
    );
  }
  return variations;
}

/** Whether a preset's field may have this value, all other fields being its own. */
function checkChange(preset: PresetName, field: string, value: unknown, where: string): void {
  const own: Recipe = recipeOf(preset, 0.5);
  const names = Object.keys(own).filter((name) => !FIXED.includes(name));
  if (!names.includes(field)) throw badField(where, value, `one of ${names.join(', ')}`);
  const words = WORDS[field];
  if (words !== undefined && !words.includes(value as string)) {
    throw badField(where, value, words.join(', '));
  }
  const type = typeof own[field as keyof Recipe];
  if (typeof value !== type) throw badField(where, value, `a ${type}`);
  try {
    recipeOf(preset, 0.5, { [field]: value });
  } catch (error) {
    throw badField(where, value, (error as Error).message.replace(/^.*expected /, ''));
  }
}
