/**
 * The clipping of rate.ts in doubles, bit by bit.
 * @module
 */
import { NOISE_BITS } from '../../../shared/fixed/noise.js';

interface Scaled {
  readonly mantissa: number;
  readonly exp: number;
}

/** Arguments as the kernel's. */
export function clipSteps(
  steps: Int32Array,
  stepsAt: number,
  mantissa: number,
  exp: number,
  normExp: number,
  bound: number,
  weights: number,
  biases: number,
  least: number,
): void {
  const norms = steps[stepsAt] * 65536 + steps[stepsAt + 1];
  const rate = clipRate({ mantissa, exp }, norms, normExp, bound);
  steps.set([...stepOf(rate, weights, 0), ...stepOf(rate, biases, least)], stepsAt);
}

function clipRate(rate: Scaled, norms: number, exp: number, most: number): Scaled {
  if (most === 0 || norms === 0) return rate;
  const norm = withBits(norms, exp, 20);
  const bound = withBits(most, -4, 20);
  const octaves = bound.exp - norm.exp;
  if (octaves > 0 || (octaves === 0 && bound.mantissa >= norm.mantissa)) return rate;
  const factor = Math.floor((bound.mantissa * 1024) / norm.mantissa);
  let { mantissa } = rate;
  mantissa *= factor;
  let width = 0;
  while (2 ** width <= mantissa) width++;
  const cut = 2 ** Math.max(0, width - 8);
  const nearest = Math.floor((mantissa + cut / 2) / cut);
  const clipped = { mantissa: nearest, exp: rate.exp - 10 + octaves + Math.max(0, width - 8) };
  return nearest === 256 ? { mantissa: 128, exp: clipped.exp + 1 } : clipped;
}

/** The same value with so many bits, rounded down. */
function withBits(mantissa: number, exp: number, bits: number): Scaled {
  let m = mantissa;
  let e = exp;
  for (; m >= 2 ** bits; e++) m = Math.floor(m / 2);
  for (; m < 2 ** (bits - 1); e--) m *= 2;
  return { mantissa: m, exp: e };
}

function stepOf(rate: Scaled, units: number, least: number): [mantissa: number, shift: number] {
  let { mantissa } = rate;
  let shift = units - rate.exp;
  for (; shift > NOISE_BITS && mantissa > 0; shift--) mantissa >>= 1;
  for (; shift < least && mantissa < 256; shift++) mantissa <<= 1;
  return [Math.min(255, mantissa), Math.min(NOISE_BITS, Math.max(least, shift))];
}
