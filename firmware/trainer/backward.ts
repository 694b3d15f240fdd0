/**
 * Errors on their way back: through a layer's weights, through pooling, and into 10 bits again.
 * @module
 */
import { bitWidth } from '../../shared/fixed/bits.js';
import { divideNearest } from '../../shared/fixed/rounding.js';
import { ERROR_BITS } from '../../shared/fixed/saturation.js';
import { storedOf } from '../../shared/model/volume.js';
import { largestMagnitude, quantizeErrors } from '../kernels/activation.js';
import { convInputGradient } from '../kernels/conv.js';
import { denseInputGradient } from '../kernels/dense.js';
import { AVERAGE_BITS, averagePoolGradient, maxPoolGradient } from '../kernels/pool.js';
import { sparseInputGradient } from '../kernels/sparse.js';
import { sparseConvInputGradient } from '../kernels/sparseconv.js';
import { type Network, rowsPerSlice } from './network.js';
import type { Pace } from './pace.js';
import type { LayerPlaces, PoolPlaces } from './places.js';

/**
 * Sums of errors over a layer's outputs, for each stored place of its input, into `sums`.
 * Yields multiply-accumulates.
 */
export function* inputGradient(
  network: Network,
  places: LayerPlaces,
  lanes: number,
  pace: Pace,
): Generator<number, void> {
  const { i32, i16, u16, arena } = network;
  const { weightsAt, rowStartsAt, columnsAt, active, rowStep, tableAt, isSparse } = places;
  const { inputs, outputs, positions, window, input, output } = places.layer;
  const sumsAt = arena.sums.offset >> 2;
  const errorsAt = arena.errors.offset >> 1;
  const isGathered = window === undefined && !isSparse; // each sum is written once
  if (!isGathered) i32.fill(0, sumsAt, sumsAt + storedOf(input) * lanes);
  const units = isGathered ? inputs : outputs * positions;
  const unitMacs = (active * positions * lanes) / units;
  const step = rowsPerSlice(unitMacs, pace.pieceMacs);
  for (let from = 0; from < units; from += step) {
    const to = Math.min(units, from + step);
    if (isGathered) {
      denseInputGradient(i32, sumsAt, i16, weightsAt, i16, errorsAt, outputs, inputs, lanes, from, to);
    } else if (window === undefined) {
      // biome-ignore format: arguments in groups
      sparseInputGradient(
        i32, sumsAt, i16, weightsAt, i32, rowStartsAt, u16, columnsAt, i16, errorsAt,
        inputs, lanes, from, to,
      );
    } else if (isSparse) {
      // biome-ignore format: arguments in groups
      sparseConvInputGradient(
        i32, sumsAt, rowStep, i16, weightsAt, i32, rowStartsAt, u16, columnsAt, i16, errorsAt, output.plane,
        u16, tableAt, inputs, positions, lanes, from, to,
      );
    } else {
      // biome-ignore format: arguments in groups
      convInputGradient(
        i32, sumsAt, rowStep, i16, weightsAt, i16, errorsAt, output.plane, u16, tableAt,
        inputs, positions, lanes, from, to,
      );
    }
    if (pace.isDue((to - from) * unitMacs)) yield pace.take();
  }
}

/** From the errors of a pooling layer's output to sums for its input. @returns the change of their exponent */
export function* poolGradient(
  network: Network,
  { pool, size, positions, inputsAt, tableAt }: PoolPlaces,
  lanes: number,
  pace: Pace,
): Generator<number, number> {
  const { i32, i16, u16, u8, arena } = network;
  const { isMax, input, output } = pool;
  const sumsAt = arena.sums.offset >> 2;
  const errorsAt = arena.errors.offset >> 1;
  const factor = divideNearest(1 << AVERAGE_BITS, size);
  i32.fill(0, sumsAt, sumsAt + storedOf(input) * lanes);
  const units = output.channels * positions;
  const step = rowsPerSlice(size * lanes, pace.pieceMacs);
  for (let from = 0; from < units; from += step) {
    const to = Math.min(units, from + step);
    if (isMax) {
      // biome-ignore format: arguments in groups
      maxPoolGradient(
        i32, sumsAt, u8, inputsAt, input.plane, i16, errorsAt, output.plane, u16, tableAt,
        size, positions, lanes, from, to,
      );
    } else {
      // biome-ignore format: arguments in groups
      averagePoolGradient(
        i32, sumsAt, input.plane, i16, errorsAt, output.plane, factor, u16, tableAt,
        size, positions, lanes, from, to,
      );
    }
    if (pace.isDue((to - from) * size * lanes)) yield pace.take();
  }
  return isMax ? 0 : -AVERAGE_BITS;
}

/** The largest magnitude of n sums. Yields values read. */
export function* largestSum(network: Network, n: number, pace: Pace): Generator<number, number> {
  const sumsAt = network.arena.sums.offset >> 2;
  let most = 0;
  const piece = rowsPerSlice(1, pace.pieceMacs);
  for (let from = 0; from < n; from += piece) {
    const to = Math.min(n, from + piece);
    most = Math.max(most, largestMagnitude(network.i32, sumsAt, from, to));
    if (pace.isDue(to - from)) yield pace.take();
  }
  return most;
}

/**
 * Turns n sums into errors of ERROR_BITS bits. Yields values read.
 * @param most largest magnitude of the sums
 * @returns the change of their exponent
 */
export function* errorsOf(network: Network, n: number, most: number, pace: Pace): Generator<number, number> {
  const { i32, i16, arena } = network;
  const shift = Math.max(0, bitWidth(most) - ERROR_BITS);
  const piece = rowsPerSlice(1, pace.pieceMacs);
  for (let from = 0; from < n; from += piece) {
    const to = Math.min(n, from + piece);
    quantizeErrors(i16, arena.errors.offset >> 1, i32, arena.sums.offset >> 2, shift, from, to);
    if (pace.isDue(to - from)) yield pace.take();
  }
  return shift;
}
