/**
 * Euclidean norms of one example's errors and inputs: what gradient clipping compares.
 * @module
 */
import { squareRootWide } from '../../shared/fixed/bits.js';
import { overlapOf, storedOf } from '../../shared/model/volume.js';
import { sumListedSquares, sumMarkedSquares, sumSquares } from '../kernels/norm.js';
import { type Network, rowsPerSlice } from './network.js';
import type { LayerPlaces } from './places.js';

/** Values whose squares a kernel may add up: of errors, and of inputs. */
const ERRORS_MOST = 2048;
const INPUTS_MOST = 32768;

/** Norm of the errors of a layer's outputs, over all positions, of each example. Yields values read. */
export function* errorNorms(
  network: Network,
  places: LayerPlaces,
  lanes: number,
  sliceMacs: number,
): Generator<number, number[]> {
  const { i16, i32, arena } = network;
  const errorsAt = arena.errors.offset >> 1;
  const sumsAt = arena.counts.offset >> 2;
  const most = Math.min(ERRORS_MOST, rowsPerSlice(lanes, sliceMacs));
  const sums = yield* addUp(network, lanes, storedOf(places.layer.output), most, (from, to) =>
    sumSquares(i32, sumsAt, i16, errorsAt, lanes, from, to),
  );
  return sums.map(squareRootWide);
}

/**
 * Norm of the inputs that the weight gradient uses, of each example. Yields values read. For a convolution the root mean square
 * over its positions of the norm of what a window reads.
 *
 * The product of both norms is the norm of a dense layer's gradient of one example. For a convolution it is
 * what the sum over positions has when their gradients have no direction in common; the bound, larger by the
 * square root of the positions, measured 2.7 times the norm itself on speech12 and this 0.8 times.
 *
 * @param kept columns in the list `kept` of a dense layer; all = the fan-in
 * @param isMarked only the inputs in `marks` of a convolution are used
 */
export function* inputNorms(
  network: Network,
  { inputs, inputsAt, layer }: LayerPlaces,
  kept: number,
  isMarked: boolean,
  lanes: number,
  sliceMacs: number,
): Generator<number, number[]> {
  const { i32, u8, u16, arena } = network;
  const keptAt = arena.kept.offset >> 1;
  const marksAt = arena.marks.offset;
  const sumsAt = arena.counts.offset >> 2;
  const most = Math.min(INPUTS_MOST, rowsPerSlice(lanes, sliceMacs));
  const { window, input, positions, inputs: cols } = layer;
  if (window === undefined) {
    const sums = yield* addUp(network, lanes, kept, most, (from, to) => {
      if (kept === cols) sumSquares(i32, sumsAt, inputs, inputsAt, lanes, from, to);
      else sumListedSquares(i32, sumsAt, inputs, inputsAt, u16, keptAt, lanes, from, to);
    });
    return sums.map(squareRootWide);
  }
  const sums = yield* addUp(network, lanes, storedOf(input), most, (from, to) => {
    if (isMarked) sumMarkedSquares(i32, sumsAt, inputs, inputsAt, u8, marksAt, lanes, from, to);
    else sumSquares(i32, sumsAt, inputs, inputsAt, lanes, from, to);
  });
  return sums.map((sum) => squareRootWide(Math.floor((sum * overlapOf(window)) / positions)));
}

/** What a kernel leaves for each lane in `counts`, added up over pieces of n values. */
function* addUp(
  { i32, arena }: Network,
  lanes: number,
  n: number,
  most: number,
  kernel: (from: number, to: number) => void,
): Generator<number, number[]> {
  const sumsAt = arena.counts.offset >> 2;
  const sums: number[] = [];
  for (let lane = 0; lane < lanes; lane++) sums.push(0);
  for (let from = 0; from < n; from += most) {
    const to = Math.min(n, from + most);
    kernel(from, to);
    for (let lane = 0; lane < lanes; lane++) sums[lane] += i32[sumsAt + lane];
    yield (to - from) * lanes;
  }
  return sums;
}
