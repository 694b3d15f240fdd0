/**
 * Softmax cross-entropy in integers: the loss and its gradient.
 * @module
 */
import { exp2Negative, LOG2_BITS, LOG2_E_Q14, log2 } from '../../shared/fixed/exponential.js';

/** Fraction bits of the gradient: dLogit = (probability - target) · 2^GRADIENT_BITS. */
export const GRADIENT_BITS = 15;

/** Logits are compared in 2^-10 nats; further apart than this the smaller one counts as 0. */
const APART_MOST = 32767;

/** Logits beyond ±2^20 · 2^-10 nats are clamped, so that their difference fits int32. */
const LOGIT_MAX = 1 << 20;

/**
 * For one example: replaces its logits by the gradient of the loss.
 *
 * @param logits int32 [classes × lanes], |logit| + 2^(shift-1) ≤ 2^31 - 1; updated to
 *   (softmax - target) · 2^GRADIENT_BITS, |value| ≤ 2^15
 * @param shift  brings a logit to 2^-10 nats, 0 to 24
 * @param label  0 to classes - 1
 * @param classes 1 to 255
 * @param lane   0 to lanes - 1
 * @returns the loss in 2^-10 octaves (loss in nats = value · ln 2 / 2^10), 0 to 2^20
 */
export function softmaxCrossEntropy(
  logits: Int32Array,
  logitsAt: number,
  shift: number,
  label: number,
  classes: number,
  lanes: number,
  lane: number,
): number {
  const half = (1 << shift) >> 1;
  const at = logitsAt + lane;
  let most = -LOGIT_MAX;
  for (let c = 0; c < classes; c++) {
    let z = (logits[at + c * lanes] + half) >> shift;
    if (z > LOGIT_MAX) z = LOGIT_MAX;
    if (z < -LOGIT_MAX) z = -LOGIT_MAX;
    logits[at + c * lanes] = z;
    if (z > most) most = z;
  }
  let sum = 0; // of 2^15 · exp(z - most), at most 255 · 2^15
  let apartOfLabel = 0;
  for (let c = 0; c < classes; c++) {
    let apart = most - logits[at + c * lanes];
    if (apart > APART_MOST) apart = APART_MOST;
    const octaves = (apart * LOG2_E_Q14) >> 14;
    if (c === label) apartOfLabel = octaves;
    const power = exp2Negative(octaves);
    logits[at + c * lanes] = power;
    sum += power;
  }
  for (let c = 0; c < classes; c++) {
    const i = at + c * lanes;
    // an integer quotient: both sides are below 2^31, so the double's truncation is exact
    const probability = ((logits[i] * 32768 + (sum >> 1)) / sum) | 0;
    logits[i] = c === label ? probability - 32768 : probability;
  }
  return apartOfLabel + log2(sum) - (15 << LOG2_BITS);
}

/**
 * The same for examples from to to - 1 of a batch.
 *
 * @param logits int32 [classes × lanes] as above
 * @param labels uint8 [to] each 0 to classes - 1
 * @param shift  0 to 24
 * @param classes 1 to 255
 * @param to     0 to lanes
 * @returns the sum of their losses
 */
export function softmaxCrossEntropies(
  logits: Int32Array,
  logitsAt: number,
  labels: Uint8Array,
  labelsAt: number,
  shift: number,
  classes: number,
  lanes: number,
  from: number,
  to: number,
): number {
  let sum = 0;
  for (let lane = from; lane < to; lane++) {
    sum += softmaxCrossEntropy(logits, logitsAt, shift, labels[labelsAt + lane], classes, lanes, lane);
  }
  return sum;
}

/**
 * The class of one example: its largest logit, ties to the lower class.
 * @param logits int32 [classes × lanes]
 * @param lane   0 to lanes - 1
 */
export function largestLogit(
  logits: Int32Array,
  logitsAt: number,
  classes: number,
  lanes: number,
  lane: number,
): number {
  let best = 0;
  let most = logits[logitsAt + lane];
  for (let c = 1; c < classes; c++) {
    const z = logits[logitsAt + c * lanes + lane];
    if (z > most) {
      most = z;
      best = c;
    }
  }
  return best;
}
