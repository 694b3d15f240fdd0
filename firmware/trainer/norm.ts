/**
 * Euclidean norms of each example's errors and inputs, as stages: what gradient clipping compares.
 *
 * The product of both norms is the norm of a dense layer's gradient of one example. Of a convolution's inputs it is
 * the root mean square over its positions of the norm of what a window reads, and the product is what the sum over
 * positions has when their gradients have no direction in common; the bound, larger by the square root of the
 * positions, measured 2.7 times the norm itself on speech12 and this 0.8 times.
 * @module
 */
import { squareRootWide } from '../../shared/fixed/bits.js';
import type { WeightedLayer } from '../../shared/model/layout.js';
import { overlapOf, storedOf } from '../../shared/model/volume.js';
import {
  addListedNorms,
  addMarkedNorms,
  addNorms,
  sumListedSquares,
  sumMarkedSquares,
  sumSquares,
} from '../kernels/norm.js';
import type { TrainingBatch } from './batch.js';
import type { LayerPlaces } from './places.js';
import { type Stage, stage } from './stage.js';

/** Values whose squares a kernel may add up: of errors, and of inputs. */
const ERRORS_MOST = 2048;
const INPUTS_MOST = 32768;

/** What a kernel may divide by. */
const OVER_MOST = 32767;

/** A longer sum loses FOLD_BITS as often as it takes: 25 bits are left at least, and `clipSteps` looks at 20. */
const SUM_BITS = 36;
const FOLD_BITS = 11;

/** Leaves the sum of the products for `clipSteps`, in `counts`. @param chosen a choice of inputs was made */
export function normStages(places: LayerPlaces, chosen: boolean): Stage<TrainingBatch>[] {
  const { window, input, output } = places.layer;
  const errors = storedOf(output);
  const inputs = storedOf(input);
  const { times, over } = shareOf(places.layer);
  const isMarked = chosen && window !== undefined;
  if (errors <= ERRORS_MOST && inputs <= INPUTS_MOST && times <= over && over <= OVER_MOST) {
    const add = isMarked ? addMarked : window === undefined ? addColumns : addAll;
    return [stage(add, places, 0, errors + inputs)];
  }
  return [
    stage(addWideErrors, places, errors, 1),
    stage(isMarked ? addWideMarked : addWideInputs, places, inputs, 1),
    stage(multiplyWide, places, 1, 1),
  ];
}

/** The sum of all inputs' squares is to be multiplied and divided by these: the mean over windows. */
function shareOf({ window, positions }: WeightedLayer): { readonly times: number; readonly over: number } {
  return window === undefined ? { times: 1, over: 1 } : { times: overlapOf(window), over: positions };
}

/** Of a dense layer: those in the list, or all. */
function addColumns(batch: TrainingBatch, places: LayerPlaces, from: number, to: number): void {
  const network = batch.network;
  const layer = places.layer;
  if (batch.kept === layer.inputs) {
    // biome-ignore format: arguments in groups
    addNorms(
      network.i32, network.countsAt, network.i16, network.errorsAt, layer.outputs, places.inputs, places.inputsAt,
      layer.inputs, 1, 1, batch.lanes, from, to,
    );
  } else {
    // biome-ignore format: arguments in groups
    addListedNorms(
      network.i32, network.countsAt, network.i16, network.errorsAt, layer.outputs, places.inputs, places.inputsAt,
      network.u16, network.keptAt, batch.kept, batch.lanes, from, to,
    );
  }
}

function addAll(batch: TrainingBatch, places: LayerPlaces, from: number, to: number): void {
  const network = batch.network;
  const layer = places.layer;
  const { times, over } = shareOf(layer);
  // biome-ignore format: arguments in groups
  addNorms(
    network.i32, network.countsAt, network.i16, network.errorsAt, storedOf(layer.output), places.inputs,
    places.inputsAt, storedOf(layer.input), times, over, batch.lanes, from, to,
  );
}

function addMarked(batch: TrainingBatch, places: LayerPlaces, from: number, to: number): void {
  const network = batch.network;
  const layer = places.layer;
  const { times, over } = shareOf(layer);
  // biome-ignore format: arguments in groups
  addMarkedNorms(
    network.i32, network.countsAt, network.i16, network.errorsAt, storedOf(layer.output), places.inputs,
    places.inputsAt, network.u8, network.marksAt, storedOf(layer.input), times, over, batch.lanes, from, to,
  );
}

function addWideErrors(batch: TrainingBatch, _: unknown, from: number, to: number): void {
  const { network, lanes } = batch;
  const { i32, i16, countsAt, errorsAt } = network;
  for (let at = from; at < to; at += ERRORS_MOST) {
    const n = Math.min(ERRORS_MOST, to - at);
    sumSquares(i32, countsAt, i16, errorsAt + at * lanes, lanes, 0, n);
    addWide(batch, 0, at);
  }
}

/** Of a dense layer those in the list, or all; of another all. */
function addWideInputs(batch: TrainingBatch, places: LayerPlaces, from: number, to: number): void {
  const { network, lanes, kept } = batch;
  const { i32, u16, countsAt, keptAt } = network;
  const { inputs, inputsAt, layer } = places;
  const isListed = layer.window === undefined && kept < layer.inputs;
  const end = isListed ? Math.min(to, kept) : to;
  for (let at = from; at < end || at === 0; at += INPUTS_MOST) {
    const n = Math.min(INPUTS_MOST, end - at);
    if (isListed) sumListedSquares(i32, countsAt, inputs, inputsAt, u16, keptAt + at, lanes, 0, n);
    else sumSquares(i32, countsAt, inputs, inputsAt + at * lanes, lanes, 0, n);
    addWide(batch, lanes, at);
  }
}

function addWideMarked(batch: TrainingBatch, places: LayerPlaces, from: number, to: number): void {
  const { network, lanes } = batch;
  const { i32, u8, countsAt, marksAt } = network;
  const { inputs, inputsAt } = places;
  for (let at = from; at < to; at += INPUTS_MOST) {
    const n = Math.min(INPUTS_MOST, to - at);
    sumMarkedSquares(i32, countsAt, inputs, inputsAt + at * lanes, u8, marksAt + at, lanes, 0, n);
    addWide(batch, lanes, at);
  }
}

/** What a kernel left of values from `first` on. @param to 0 for errors, `lanes` for inputs */
function addWide({ network, lanes, wideSquares }: TrainingBatch, to: number, first: number): void {
  const { i32, countsAt } = network;
  for (let lane = 0; lane < lanes; lane++) {
    wideSquares[to + lane] = (first === 0 ? 0 : wideSquares[to + lane]) + i32[countsAt + lane];
  }
}

function multiplyWide(batch: TrainingBatch, { layer }: LayerPlaces): void {
  const { network, lanes, wideSquares } = batch;
  const { times, over } = shareOf(layer);
  let norms = 0;
  for (let lane = 0; lane < lanes; lane++) {
    const inputs = Math.floor((wideSquares[lanes + lane] * times) / over);
    norms += squareRootWide(wideSquares[lane]) * squareRootWide(inputs);
  }
  batch.normShift = 0;
  for (; norms >= 2 ** SUM_BITS; norms = Math.floor(norms / 2 ** FOLD_BITS)) batch.normShift += FOLD_BITS;
  network.i32[network.countsAt] = Math.floor(norms / 65536);
  network.i32[network.countsAt + 1] = norms % 65536;
}
