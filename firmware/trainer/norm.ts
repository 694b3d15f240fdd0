/**
 * Euclidean norms of one example's errors and inputs: what gradient clipping compares.
 * @module
 */
import { squareRootWide } from '../../shared/fixed/bits.js';
import { overlapOf, storedOf } from '../../shared/model/volume.js';
import { squareRoots, sumListedSquares, sumMarkedSquares, sumSquares } from '../kernels/norm.js';
import { type Network, rowsPerSlice } from './network.js';
import type { Pace } from './pace.js';
import type { LayerPlaces } from './places.js';

/** Values whose squares a kernel may add up: of errors, and of inputs. */
const ERRORS_MOST = 2048;
const INPUTS_MOST = 32768;

/**
 * Norm of the errors of a layer's outputs, over all positions, of each example, into `counts`. Yields values read.
 * @returns where they begin in int32, lane by lane; until `counts` is used again
 */
export function* errorNorms(
  network: Network,
  places: LayerPlaces,
  lanes: number,
  pace: Pace,
): Generator<number, number> {
  const { i16, i32, arena } = network;
  const errorsAt = arena.errors.offset >> 1;
  const at = arena.counts.offset >> 2;
  const n = storedOf(places.layer.output);
  const most = Math.min(ERRORS_MOST, rowsPerSlice(lanes, pace.pieceMacs));
  yield* norms(i32, at, lanes, n, most, pace, (from, to) =>
    sumSquares(i32, at, i16, errorsAt, lanes, from, to),
  );
  return at;
}

/**
 * Norm of the inputs that the weight gradient uses, of each example, into `counts`. Yields values read. For a
 * convolution the root mean square over its positions of the norm of what a window reads.
 *
 * The product of both norms is the norm of a dense layer's gradient of one example. For a convolution it is
 * what the sum over positions has when their gradients have no direction in common; the bound, larger by the
 * square root of the positions, measured 2.7 times the norm itself on speech12 and this 0.8 times.
 *
 * @param kept columns in the list `kept` of a dense layer; all = the fan-in
 * @param isMarked only the inputs in `marks` of a convolution are used
 * @returns where they begin, beside those of `errorNorms`
 */
export function* inputNorms(
  network: Network,
  { inputs, inputsAt, layer }: LayerPlaces,
  kept: number,
  isMarked: boolean,
  lanes: number,
  pace: Pace,
): Generator<number, number> {
  const { i32, u8, u16, arena } = network;
  const keptAt = arena.kept.offset >> 1;
  const marksAt = arena.marks.offset;
  const at = (arena.counts.offset >> 2) + lanes;
  const most = Math.min(INPUTS_MOST, rowsPerSlice(lanes, pace.pieceMacs));
  const { window, input, positions, inputs: cols } = layer;
  if (window === undefined) {
    yield* norms(i32, at, lanes, kept, most, pace, (from, to) => {
      if (kept === cols) sumSquares(i32, at, inputs, inputsAt, lanes, from, to);
      else sumListedSquares(i32, at, inputs, inputsAt, u16, keptAt, lanes, from, to);
    });
  } else {
    const kernel = (from: number, to: number) => {
      if (isMarked) sumMarkedSquares(i32, at, inputs, inputsAt, u8, marksAt, lanes, from, to);
      else sumSquares(i32, at, inputs, inputsAt, lanes, from, to);
    };
    yield* norms(i32, at, lanes, storedOf(input), most, pace, kernel, overlapOf(window), positions);
  }
  return at;
}

/**
 * The square roots of what a kernel leaves at `at` for each lane, added up over pieces of n values.
 * Sums that cannot pass int32 stay where they are: on XS a number in an array costs more than the kernel.
 * @param times,over each sum is multiplied by the one and divided by the other
 */
function* norms(
  i32: Int32Array,
  at: number,
  lanes: number,
  n: number,
  most: number,
  pace: Pace,
  kernel: (from: number, to: number) => void,
  times = 1,
  over = 1,
): Generator<number, void> {
  if (n <= most && times <= over) {
    kernel(0, n);
    if (over > 1) for (let i = at; i < at + lanes; i++) i32[i] = Math.floor((i32[i] * times) / over);
    squareRoots(i32, at, lanes);
    if (pace.isDue(n * lanes)) yield pace.take();
    return;
  }
  const sums: number[] = [];
  for (let lane = 0; lane < lanes; lane++) sums.push(0);
  for (let from = 0; from < n; from += most) {
    const to = Math.min(n, from + most);
    kernel(from, to);
    for (let lane = 0; lane < lanes; lane++) sums[lane] += i32[at + lane];
    if (pace.isDue((to - from) * lanes)) yield pace.take();
  }
  for (let lane = 0; lane < lanes; lane++) {
    i32[at + lane] = squareRootWide(Math.floor((sums[lane] * times) / over));
  }
}
