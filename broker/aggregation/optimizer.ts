/**
 * What the server makes of a round's merged change: the next model and, for momentum and Adam, a
 * state that goes on from round to round. A pure function of (base model, state, sums), so order
 * and restarts cannot change a bit. It knows no disk.
 *
 * - none: weights += rate · change. With rate 1 the sums are divided once, straight into the parameter's unit.
 * - momentum: m = β m + change, weights += rate · m (FedAvgM; Hsu et al. 2019, section 3).
 * - adam: m = β m + (1 - β) change, v = β2 v + (1 - β2) change², weights += rate · m / (√v + τ)
 *   (FedAdam; Reddi et al. 2021, algorithm 2, with v = τ² at the start and no bias correction).
 *
 * Formats, the same for weights and biases of every layer, all held as integers in doubles:
 *
 * | value | unit | range |
 * |---|---|---|
 * | change | 2^-18 | ±2^21 (±8: no weight's range is wider) |
 * | m | 2^-28 | ±2^31 (±8) |
 * | v | 2^-36 | 0 to 2^42 |
 *
 * Every product stays below 2^52; every quotient is rounded once, to nearest, ties away from zero.
 * @module
 */
import { squareRootWide } from '../../shared/fixed/bits.js';
import { divideNearest } from '../../shared/fixed/rounding.js';
import { saturate } from '../../shared/fixed/saturation.js';
import { BIAS_MAX, weightMaxima } from '../../shared/model/bounds.js';
import type { ModelLayout } from '../../shared/model/layout.js';
import {
  MOMENTUM_BITS,
  type OptimizerChoice,
  SERVER_RATE_BITS,
  type ServerOptimizer,
} from '../../shared/model/method.js';
import { biasExpOf, type Model } from '../../shared/model/model.js';
import type { Aggregation, Changes } from './aggregation.js';

/** m of every parameter in the order of the model's tensors, then v of every one; empty for 'none'. */
export type OptimizerState = Float64Array;

const CHANGE_BITS = 18;
const CHANGE_MAX = 2 ** 21;
const FIRST_BITS = 28;
const FIRST_UNIT = 2 ** (FIRST_BITS - CHANGE_BITS); // of m in a change
const FIRST_MAX = 2 ** 31;

/** β2 of Adam, 0.99 (Reddi et al. 2021, section 5.2), in units of 2^-MOMENTUM_BITS. */
const SECOND_MOMENTUM = 1014;
/** τ of Adam, 10^-3 (same place), in units of 2^-CHANGE_BITS. */
const TAU = 262;

const ONE = 2 ** MOMENTUM_BITS;

/** The state before the first round. */
export function freshState(kind: OptimizerChoice, { weightCount, biasCount }: ModelLayout): OptimizerState {
  const count = weightCount + biasCount;
  if (kind === 'none') return new Float64Array(0);
  if (kind === 'momentum') return new Float64Array(count);
  return new Float64Array(2 * count).fill(TAU * TAU, count);
}

/** As bytes for a disk. */
export function encodeState(state: OptimizerState): Uint8Array {
  return new Uint8Array(state.slice().buffer);
}

/** The state in these bytes; a fresh one where there are none, or they are of another optimizer. */
export function decodeState(
  bytes: Uint8Array | undefined,
  kind: OptimizerChoice,
  layout: ModelLayout,
): OptimizerState {
  const fresh = freshState(kind, layout);
  if (bytes?.length !== fresh.byteLength) return fresh;
  return new Float64Array(bytes.slice().buffer);
}

/**
 * The next model and the state after it; base and state stay as they are.
 * @throws RangeError when no update was added
 */
export function nextModel(
  aggregation: Aggregation,
  base: Model,
  optimizer: ServerOptimizer,
  state: OptimizerState,
): { readonly model: Model; readonly state: OptimizerState } {
  if (optimizer.kind === 'none' && optimizer.rate === 2 ** SERVER_RATE_BITS) {
    return { model: aggregation.result(), state };
  }
  const { head } = base;
  const parameters = base.parameters.slice(0);
  const maxima = weightMaxima(head.description);
  const next = state.slice();
  let at = 0;
  for (const { index, weights, biases } of head.layout.layers) {
    const changes = aggregation.changes(index);
    const { weightExp } = head.exponents[index];
    const all = new Int16Array(parameters, weights.offset, weights.length);
    stepTensor(optimizer, next, at, all, changes.weights, weightExp, maxima[index]);
    at += weights.length;
    const others = new Int32Array(parameters, biases.offset, biases.length);
    stepTensor(optimizer, next, at, others, changes.biases, biasExpOf(head, index), BIAS_MAX);
    at += biases.length;
  }
  aggregation.keepMask(parameters);
  return { model: { head, parameters }, state: next };
}

/**
 * @param state updated from element `at` on
 * @param values updated
 * @param exp of the values
 */
function stepTensor(
  { kind, rate, momentum }: ServerOptimizer,
  state: OptimizerState,
  at: number,
  values: Int16Array | Int32Array,
  { sums, counts }: Changes,
  exp: number,
  most: number,
): void {
  const seconds = at + state.length / 2; // of adam
  const unit = 2 ** (FIRST_BITS + SERVER_RATE_BITS + exp);
  for (let i = 0; i < values.length; i++) {
    const mean = counts[i] === 0 ? 0 : quotient(sums[i], counts[i], exp + CHANGE_BITS);
    const change = saturate(mean, CHANGE_MAX);
    let step: number;
    if (kind === 'adam') {
      const first = average(state[at + i], change * FIRST_UNIT, momentum);
      const second = average(state[seconds + i], change * change, SECOND_MOMENTUM);
      state[at + i] = first;
      state[seconds + i] = second;
      const scale = CHANGE_BITS - FIRST_BITS - SERVER_RATE_BITS - exp;
      step = quotient(rate * first, squareRootWide(second) + TAU, scale);
    } else {
      const before = kind === 'momentum' ? divideNearest(state[at + i] * momentum, ONE) : 0;
      const first = saturate(before + change * FIRST_UNIT, FIRST_MAX);
      if (kind === 'momentum') state[at + i] = first;
      step = divideNearest(rate * first, unit);
    }
    values[i] = saturate(values[i] + step, most);
  }
}

/** part · old + (1 - part) · fresh, where part is in units of 2^-MOMENTUM_BITS. */
function average(old: number, fresh: number, part: number): number {
  return divideNearest(part * old + (ONE - part) * fresh, ONE);
}

/** n · 2^bits / d to nearest, ties away from zero; exact as long as the remainder's part is below 2^52. */
function quotient(n: number, d: number, bits: number): number {
  if (bits <= 0) return divideNearest(n, d * 2 ** -bits);
  const remainder = n % d;
  return ((n - remainder) / d) * 2 ** bits + divideNearest(remainder * 2 ** bits, d);
}
