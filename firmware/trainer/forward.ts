/**
 * The forward pass as stages: the examples in the input tensor run through every layer; the logits are left in
 * `sums`. Training and evaluation share it.
 * @module
 */
import { ACTIVATION_MAX } from '../../shared/fixed/saturation.js';
import { hasBorder, storedOf } from '../../shared/model/volume.js';
import { reluForward } from '../kernels/activation.js';
import { clearValues } from '../kernels/clear.js';
import { convForward } from '../kernels/conv.js';
import { denseForward } from '../kernels/dense.js';
import { averagePoolForward, maxPoolForward } from '../kernels/pool.js';
import { sparseForward } from '../kernels/sparse.js';
import { sparseConvForward } from '../kernels/sparseconv.js';
import type { Network } from './network.js';
import type { LayerPlaces, PoolPlaces } from './places.js';
import { type Batch, type Stage, stage } from './stage.js';

export function forwardStages({ layers }: Network): Stage<Batch>[] {
  const stages: Stage<Batch>[] = [];
  for (const places of layers) {
    const { active, isSparse, pools } = places;
    const { outputs, positions, window, output, isLast } = places.layer;
    const unitMacs = Math.ceil(active / outputs);
    if (window === undefined) {
      stages.push(stage(isSparse ? sparseSums : denseSums, places, outputs, unitMacs));
    } else {
      if (hasBorder(output)) stages.push(stage(clearSums, places, storedOf(output), 1));
      stages.push(stage(isSparse ? sparseConvSums : convSums, places, outputs * positions, unitMacs));
    }
    if (!isLast) stages.push(stage(activate, places, storedOf(output), 1));
    for (const pool of pools) {
      const run = pool.pool.isMax ? maxPool : averagePool;
      stages.push(stage(run, pool, pool.pool.output.channels * pool.positions, pool.size));
    }
  }
  return stages;
}

function sparseSums({ network, lanes }: Batch, places: LayerPlaces, from: number, to: number): void {
  const { i32, i16, sumsAt } = network;
  // biome-ignore format: arguments in groups
  sparseForward(
    i32, sumsAt, i16, places.weightsAt, i32, places.biasesAt, i32, places.rowStartsAt,
    network.u16, places.columnsAt, places.inputs, places.inputsAt, places.layer.inputs, lanes, from, to,
  );
}

function denseSums({ network, lanes }: Batch, places: LayerPlaces, from: number, to: number): void {
  const { i32, i16, sumsAt } = network;
  // biome-ignore format: arguments in groups
  denseForward(
    i32, sumsAt, i16, places.weightsAt, i32, places.biasesAt, places.inputs, places.inputsAt,
    places.layer.inputs, lanes, from, to,
  );
}

/** The border of the output is written by no window. */
function clearSums({ network, lanes }: Batch, _: unknown, from: number, to: number): void {
  clearValues(network.i32, network.sumsAt + from * lanes, (to - from) * lanes);
}

function sparseConvSums({ network, lanes }: Batch, places: LayerPlaces, from: number, to: number): void {
  const { i32, i16, u16, sumsAt } = network;
  const { inputs, positions, output } = places.layer;
  // biome-ignore format: arguments in groups
  sparseConvForward(
    i32, sumsAt, output.plane, i16, places.weightsAt, i32, places.biasesAt, i32, places.rowStartsAt,
    u16, places.columnsAt, places.inputs, places.inputsAt, places.rowStep, u16, places.tableAt,
    inputs, positions, lanes, from, to,
  );
}

function convSums({ network, lanes }: Batch, places: LayerPlaces, from: number, to: number): void {
  const { i32, i16, u16, sumsAt } = network;
  const { inputs, positions, output } = places.layer;
  // biome-ignore format: arguments in groups
  convForward(
    i32, sumsAt, output.plane, i16, places.weightsAt, i32, places.biasesAt, places.inputs, places.inputsAt,
    places.rowStep, u16, places.tableAt, inputs, positions, lanes, from, to,
  );
}

function activate({ network, lanes }: Batch, places: LayerPlaces, from: number, to: number): void {
  const { u8, i32, sumsAt } = network;
  const { outputsAt, sumShift } = places;
  reluForward(u8, outputsAt, i32, sumsAt, sumShift, ACTIVATION_MAX, from * lanes, to * lanes);
}

function maxPool({ network, lanes }: Batch, places: PoolPlaces, from: number, to: number): void {
  const { u8, u16 } = network;
  const { inputsAt, outputsAt, tableAt, size, positions } = places;
  const { input, output } = places.pool;
  // biome-ignore format: arguments in groups
  maxPoolForward(
    u8, outputsAt, output.plane, u8, inputsAt, input.plane, u16, tableAt, size, positions, lanes, from, to,
  );
}

function averagePool({ network, lanes }: Batch, places: PoolPlaces, from: number, to: number): void {
  const { u8, u16 } = network;
  const { inputsAt, outputsAt, tableAt, size, positions } = places;
  const { input, output } = places.pool;
  // biome-ignore format: arguments in groups
  averagePoolForward(
    u8, outputsAt, output.plane, u8, inputsAt, input.plane, u16, tableAt, size, positions, lanes, from, to,
  );
}
