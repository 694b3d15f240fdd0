/**
 * Errors on their way back, as stages: from the loss, through a layer's weights, through pooling, and into 10 bits
 * again.
 * @module
 */
import { bitWidth } from '../../shared/fixed/bits.js';
import { divideNearest } from '../../shared/fixed/rounding.js';
import { ERROR_BITS } from '../../shared/fixed/saturation.js';
import { storedOf } from '../../shared/model/volume.js';
import { largestMagnitude, quantizeErrors, reluMask } from '../kernels/activation.js';
import { clearValues } from '../kernels/clear.js';
import { convInputGradient } from '../kernels/conv.js';
import { denseInputGradient } from '../kernels/dense.js';
import { GRADIENT_BITS, softmaxCrossEntropies } from '../kernels/loss.js';
import { AVERAGE_BITS, averagePoolGradient, maxPoolGradient } from '../kernels/pool.js';
import { sparseInputGradient } from '../kernels/sparse.js';
import { sparseConvInputGradient } from '../kernels/sparseconv.js';
import type { TrainingBatch } from './batch.js';
import type { LayerPlaces, PoolPlaces } from './places.js';
import { type Stage, stage } from './stage.js';

/** Work of one class of the loss: in byte code it takes as long as so many multiply-accumulates. */
const CLASS_MACS = 10;

/** Loss, and errors of the logits. @param last layer */
export function lossStages(last: LayerPlaces): Stage<TrainingBatch>[] {
  const { outputs } = last.layer;
  return [
    stage(addLoss, last, 0, outputs * CLASS_MACS),
    stage(findLargest, last, outputs, 1),
    stage(quantize, last, outputs, 1),
  ];
}

/**
 * Sums of errors over a layer's outputs, for each stored place of its input, into `sums`, and how large they are.
 * @param before the layer that gives its input
 */
export function inputGradientStages(places: LayerPlaces, before: LayerPlaces): Stage<TrainingBatch>[] {
  const { isSparse, active } = places;
  const { inputs, outputs, positions, window, input } = places.layer;
  const stored = storedOf(input);
  const units = outputs * positions;
  const unitMacs = Math.ceil(active / outputs);
  // the mean of a pooling layer is no ReLU: it may be 0 and have a gradient
  const largest = before.pools.length > 0 ? findLargest : maskErrors;
  const end = stage(largest, places, stored, 1);
  if (window !== undefined) {
    return [clear(stored), stage(isSparse ? sparseConv : conv, places, units, unitMacs), end];
  }
  if (isSparse) return [clear(stored), stage(sparse, places, units, unitMacs), end];
  return [stage(dense, places, inputs, Math.ceil(active / inputs)), end]; // each sum is written once
}

/** Turns those sums into the errors of the layer before. */
export function inputErrorStages(places: LayerPlaces, { pools }: LayerPlaces): Stage<TrainingBatch>[] {
  const stages = [stage(quantize, places, storedOf(places.layer.input), 1)];
  for (let i = pools.length - 1; i >= 0; i--) {
    const { pool, positions, size } = pools[i];
    const stored = storedOf(pool.input);
    const gradient = pool.isMax ? maxPool : averagePool;
    stages.push(
      clear(stored),
      stage(gradient, pools[i], pool.output.channels * positions, size),
      stage(i === 0 ? maskErrors : findLargest, pools[i], stored, 1), // the input of the first is what ReLU gave
      stage(quantize, pools[i], stored, 1),
    );
  }
  return stages;
}

/** @param stored places of the sums */
function clear(stored: number): Stage<TrainingBatch> {
  return stage(clearSums, undefined, stored, 1);
}

function clearSums({ network, lanes }: TrainingBatch, _: unknown, from: number, to: number): void {
  clearValues(network.i32, network.sumsAt + from * lanes, (to - from) * lanes);
}

function addLoss(batch: TrainingBatch, places: LayerPlaces, from: number, to: number): void {
  const network = batch.network;
  batch.errorExp = -GRADIENT_BITS;
  // biome-ignore format: arguments in groups
  batch.lossOctaves += softmaxCrossEntropies(
    network.i32, network.sumsAt, batch.labels, 0, places.sumShift, places.layer.outputs, batch.lanes, from, to,
  );
}

/** The largest magnitude of the sums. */
function findLargest(batch: TrainingBatch, _: unknown, from: number, to: number): void {
  const { network, lanes } = batch;
  const largest = largestMagnitude(network.i32, network.sumsAt, from * lanes, to * lanes);
  if (from === 0 || largest > batch.largest) batch.largest = largest;
}

/** The same of sums that belong to what a ReLU gave: where that is 0 they become 0. */
function maskErrors(
  batch: TrainingBatch,
  { inputsAt }: LayerPlaces | PoolPlaces,
  from: number,
  to: number,
): void {
  const { network, lanes } = batch;
  const largest = reluMask(network.i32, network.sumsAt, network.u8, inputsAt, from * lanes, to * lanes);
  if (from === 0 || largest > batch.largest) batch.largest = largest;
}

/** From sums to errors of ERROR_BITS bits. */
function quantize(batch: TrainingBatch, _: unknown, from: number, to: number): void {
  const { network, lanes } = batch;
  if (from === 0) {
    const shift = bitWidth(batch.largest) - ERROR_BITS;
    batch.errorShift = shift > 0 ? shift : 0;
    batch.errorExp += batch.errorShift;
  }
  // biome-ignore format: arguments in groups
  quantizeErrors(
    network.i16, network.errorsAt, network.i32, network.sumsAt, batch.errorShift, from * lanes, to * lanes,
  );
}

function dense(batch: TrainingBatch, places: LayerPlaces, from: number, to: number): void {
  const network = batch.network;
  const layer = places.layer;
  const i16 = network.i16;
  // biome-ignore format: arguments in groups
  denseInputGradient(
    network.i32, network.sumsAt, i16, places.weightsAt, i16, network.errorsAt, layer.outputs, layer.inputs,
    batch.lanes, from, to,
  );
}

function sparse(batch: TrainingBatch, places: LayerPlaces, from: number, to: number): void {
  const network = batch.network;
  const i32 = network.i32;
  const i16 = network.i16;
  // biome-ignore format: arguments in groups
  sparseInputGradient(
    i32, network.sumsAt, i16, places.weightsAt, i32, places.rowStartsAt, network.u16, places.columnsAt,
    i16, network.errorsAt, places.layer.inputs, batch.lanes, from, to,
  );
}

function conv(batch: TrainingBatch, places: LayerPlaces, from: number, to: number): void {
  const network = batch.network;
  const layer = places.layer;
  const i16 = network.i16;
  // biome-ignore format: arguments in groups
  convInputGradient(
    network.i32, network.sumsAt, places.rowStep, i16, places.weightsAt, i16, network.errorsAt, layer.output.plane,
    network.u16, places.tableAt, layer.inputs, layer.positions, batch.lanes, from, to,
  );
}

function sparseConv(batch: TrainingBatch, places: LayerPlaces, from: number, to: number): void {
  const network = batch.network;
  const layer = places.layer;
  const i32 = network.i32;
  const i16 = network.i16;
  const u16 = network.u16;
  // biome-ignore format: arguments in groups
  sparseConvInputGradient(
    i32, network.sumsAt, places.rowStep, i16, places.weightsAt, i32, places.rowStartsAt, u16, places.columnsAt,
    i16, network.errorsAt, layer.output.plane, u16, places.tableAt, layer.inputs, layer.positions,
    batch.lanes, from, to,
  );
}

function maxPool({ network, lanes }: TrainingBatch, places: PoolPlaces, from: number, to: number): void {
  const pool = places.pool;
  // biome-ignore format: arguments in groups
  maxPoolGradient(
    network.i32, network.sumsAt, network.u8, places.inputsAt, pool.input.plane,
    network.i16, network.errorsAt, pool.output.plane, network.u16, places.tableAt,
    places.size, places.positions, lanes, from, to,
  );
}

function averagePool(batch: TrainingBatch, places: PoolPlaces, from: number, to: number): void {
  const network = batch.network;
  const pool = places.pool;
  const size = places.size;
  if (from === 0) batch.errorExp -= AVERAGE_BITS;
  // biome-ignore format: arguments in groups
  averagePoolGradient(
    network.i32, network.sumsAt, pool.input.plane, network.i16, network.errorsAt, pool.output.plane,
    divideNearest(1 << AVERAGE_BITS, size), network.u16, places.tableAt, size, places.positions,
    batch.lanes, from, to,
  );
}
