/**
 * The training part of a plan: from a recipe, a person's words and shares, to the integers that boards get.
 * Every count is decided here, on the server.
 * @module
 */
import type { Power } from '../fixed/power.js';
import { keptOf, keptWeights } from './density.js';
import type { ModelLayout } from './layout.js';
import { GROWTH_BITS } from './mask.js';
import {
  type LayerCounts,
  MOMENTUM_BITS,
  PROX_BITS,
  SERVER_RATE_BITS,
  type ServerOptimizer,
  type TrainingMethod,
} from './method.js';
import type { Model } from './model.js';
import type { Recipe } from './recipe.js';
import { RATE_UNIT, rateAt } from './schedule.js';
import { valuesOf } from './volume.js';

/** Part of the rounds in which masks still grow. */
const GROWTH_ROUNDS = 0.75;

/** A plan's clip is in units of 2^-4. */
const CLIP_UNIT = 16;

/**
 * The training part of the plan of one round.
 * @param model of the round, for what depends on it; without one every weight counts as not 0
 */
export function planTraining(
  recipe: Recipe,
  layout: ModelLayout,
  round: number,
  model?: Model,
): { method: TrainingMethod; layers: LayerCounts[] } {
  const density = densityAt(recipe, round);
  const isNonzero = recipe.active === 'nonzero';
  const active = isNonzero ? nonzeroWeights(layout, model) : keptWeights(layout, density, recipe.spread);
  const sent = sentWeights(recipe, layout, density);
  const { activations, uplink, valueBits, positions, merge, epochs, batch, reselectEvery, holdBackEvery } =
    recipe;
  const first = Math.max(1, Math.round(recipe.rate * RATE_UNIT));
  const last = Math.max(1, Math.round(recipe.rateEnd * RATE_UNIT));
  return {
    method: {
      power: powerOf(recipe),
      activations,
      uplink,
      valueBits,
      positions,
      growth: Math.floor(growthAt(recipe, round) * 2 ** GROWTH_BITS),
      merge,
      optimizer: serverOptimizer(recipe),
      rate: rateAt(first, last, round, recipe.rounds),
      clip: recipe.clip > 0 ? Math.max(1, Math.round(recipe.clip * CLIP_UNIT)) : 0,
      prox: recipe.prox > 0 ? Math.max(1, Math.round(recipe.prox * 2 ** PROX_BITS)) : 0,
      epochs,
      batch,
      reselectEvery,
      holdBackEvery,
    },
    layers: layout.layers.map((layer) => ({
      active: active[layer.index],
      keptInputs: keptOf(
        valuesOf(layer.input),
        isNonzero ? active[layer.index] / layer.weights.length : recipe.activationDensity,
      ),
      sent: sent[layer.index],
    })),
  };
}

/**
 * Part of the mask that is grown anew: in each round that revises it less, and nothing in the last
 * quarter (as RigL, Evci et al. 2020, section 3, but in a straight line).
 */
function growthAt({ active, growth, reviseEvery, rounds }: Recipe, round: number): number {
  if (active !== 'mask' || (round - 1) % reviseEvery !== 0) return 0;
  return growth * Math.max(0, 1 - (round - 1) / (GROWTH_ROUNDS * rounds));
}

/** How the model that a round gave is tested: with the round's counts, or with all that is not 0 in it. */
export function testedWith(
  { active }: Recipe,
  layers: readonly LayerCounts[],
  model: Model,
): readonly LayerCounts[] {
  if (active === 'top-k') return layers;
  const counts = nonzeroWeights(model.head.layout, model);
  return layers.map((layer, i) => ({ ...layer, active: counts[i] }));
}

/** As boards and models know it. */
export function powerOf({ power }: Pick<Recipe, 'power'>): Power {
  return (4 * power) as Power;
}

function nonzeroWeights({ layers }: ModelLayout, model: Model | undefined): number[] {
  return layers.map(({ weights: { offset, length } }) => {
    if (model === undefined) return length;
    const weights = new Int16Array(model.parameters, offset, length);
    return Math.max(
      1,
      weights.reduce((count, weight) => count + (weight === 0 ? 0 : 1), 0),
    );
  });
}

function serverOptimizer({ optimizer: kind, serverRate, momentum }: Recipe): ServerOptimizer {
  return {
    kind,
    rate: Math.max(1, Math.round(serverRate * 2 ** SERVER_RATE_BITS)),
    momentum: Math.min(2 ** MOMENTUM_BITS - 1, Math.round(momentum * 2 ** MOMENTUM_BITS)),
  };
}

/** Multiply-accumulates of one example's dense training step: forward, input gradient, weight gradient. */
export function denseMacsPerExample(layout: ModelLayout): number {
  return layout.layers.reduce(
    (sum, { index, weights, positions }) => sum + weights.length * positions * (index === 0 ? 2 : 3),
    0,
  );
}

/**
 * Density of a round: constant, or falling from `rampFrom` as the cube of what is left of the ramp
 * (Zhu & Gupta 2017, section 3). Products of doubles only, so any server computes the same.
 */
export function densityAt({ density, rampFrom, rampRounds, rounds }: Recipe, round: number): number {
  const left = Math.max(0, 1 - (round - 1) / (rampRounds * rounds));
  return density + (rampFrom - density) * left * left * left;
}

function sentWeights(recipe: Recipe, layout: ModelLayout, density: number): number[] {
  if (recipe.uplink === 'mask') return keptWeights(layout, density, recipe.spread);
  if (recipe.uplink === 'all') return layout.layers.map((layer) => layer.weights.length);
  return keptWeights(layout, Math.min(1, density + recipe.maskRatio), recipe.spread);
}
