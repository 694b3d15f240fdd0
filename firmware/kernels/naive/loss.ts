/**
 * Softmax cross-entropy over a list of logits, from the base-2 functions of shared/fixed in BigInt:
 * no product or quotient can round but where the formula says so.
 * @module
 */
import { exp2Negative, LOG2_E_Q14, log2 } from '../../../shared/fixed/exponential.js';

const ONE = 32768n; // of probabilities and powers, Q15
const APART_MOST = 32767n; // 2^-10 nats
const LOGIT_MAX = 1n << 20n; // 2^-10 nats

/** Gradient and loss of one example; arguments and result as the kernel's. */
export function softmaxCrossEntropy(
  logits: Int32Array,
  logitsAt: number,
  shift: number,
  label: number,
  classes: number,
  lanes: number,
  lane: number,
): number {
  const place = (c: number): number => logitsAt + c * lanes + lane;
  const nats = Array.from({ length: classes }, (_, c) => {
    const z = (BigInt(logits[place(c)]) + ((1n << BigInt(shift)) >> 1n)) >> BigInt(shift);
    return z > LOGIT_MAX ? LOGIT_MAX : z < -LOGIT_MAX ? -LOGIT_MAX : z;
  });
  const most = nats.reduce((a, b) => (a > b ? a : b));
  const octaves = nats.map((z) => {
    const apart = most - z > APART_MOST ? APART_MOST : most - z;
    return Number((apart * BigInt(LOG2_E_Q14)) >> 14n);
  });
  const powers = octaves.map((x) => BigInt(exp2Negative(x)));
  const sum = powers.reduce((a, b) => a + b);
  for (const [c, power] of powers.entries()) {
    const probability = (power * ONE + sum / 2n) / sum;
    logits[place(c)] = Number(probability - (c === label ? ONE : 0n));
  }
  return octaves[label] + log2(Number(sum)) - log2(Number(ONE));
}

/** The first class whose logit no other passes; arguments as the kernel's. */
export function largestLogit(
  logits: Int32Array,
  logitsAt: number,
  classes: number,
  lanes: number,
  lane: number,
): number {
  const values = Array.from({ length: classes }, (_, c) => logits[logitsAt + c * lanes + lane]);
  return values.indexOf(Math.max(...values));
}
