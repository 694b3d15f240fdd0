/**
 * The forward pass as stages: the examples in the input tensor run through every layer; the logits are left in
 * `sums`. Training and evaluation share it.
 *
 * Arguments are read where they are passed: on XS a local for a value that is used once or twice costs more than the
 * call's own work.
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

function sparseSums(batch: Batch, places: LayerPlaces, from: number, to: number): void {
  const network = batch.network;
  const i32 = network.i32;
  // biome-ignore format: arguments in groups
  sparseForward(
    i32, network.sumsAt, network.i16, places.weightsAt, i32, places.biasesAt, i32, places.rowStartsAt,
    network.u16, places.columnsAt, places.inputs, places.inputsAt, places.layer.inputs, batch.lanes, from, to,
  );
}

function denseSums(batch: Batch, places: LayerPlaces, from: number, to: number): void {
  const network = batch.network;
  const i32 = network.i32;
  // biome-ignore format: arguments in groups
  denseForward(
    i32, network.sumsAt, network.i16, places.weightsAt, i32, places.biasesAt, places.inputs, places.inputsAt,
    places.layer.inputs, batch.lanes, from, to,
  );
}

/** The border of the output is written by no window. */
function clearSums({ network, lanes }: Batch, _: unknown, from: number, to: number): void {
  clearValues(network.i32, network.sumsAt + from * lanes, (to - from) * lanes);
}

function sparseConvSums(batch: Batch, places: LayerPlaces, from: number, to: number): void {
  const network = batch.network;
  const layer = places.layer;
  const i32 = network.i32;
  const u16 = network.u16;
  // biome-ignore format: arguments in groups
  sparseConvForward(
    i32, network.sumsAt, layer.output.plane, network.i16, places.weightsAt, i32, places.biasesAt,
    i32, places.rowStartsAt, u16, places.columnsAt, places.inputs, places.inputsAt, places.rowStep,
    u16, places.tableAt, layer.inputs, layer.positions, batch.lanes, from, to,
  );
}

function convSums(batch: Batch, places: LayerPlaces, from: number, to: number): void {
  const network = batch.network;
  const layer = places.layer;
  const i32 = network.i32;
  // biome-ignore format: arguments in groups
  convForward(
    i32, network.sumsAt, layer.output.plane, network.i16, places.weightsAt, i32, places.biasesAt,
    places.inputs, places.inputsAt, places.rowStep, network.u16, places.tableAt, layer.inputs, layer.positions,
    batch.lanes, from, to,
  );
}

function activate({ network, lanes }: Batch, places: LayerPlaces, from: number, to: number): void {
  // biome-ignore format: arguments in groups
  reluForward(
    network.u8, places.outputsAt, network.i32, network.sumsAt, places.sumShift, ACTIVATION_MAX,
    from * lanes, to * lanes,
  );
}

function maxPool({ network, lanes }: Batch, places: PoolPlaces, from: number, to: number): void {
  const u8 = network.u8;
  const pool = places.pool;
  // biome-ignore format: arguments in groups
  maxPoolForward(
    u8, places.outputsAt, pool.output.plane, u8, places.inputsAt, pool.input.plane, network.u16, places.tableAt,
    places.size, places.positions, lanes, from, to,
  );
}

function averagePool({ network, lanes }: Batch, places: PoolPlaces, from: number, to: number): void {
  const u8 = network.u8;
  const pool = places.pool;
  // biome-ignore format: arguments in groups
  averagePoolForward(
    u8, places.outputsAt, pool.output.plane, u8, places.inputsAt, pool.input.plane, network.u16, places.tableAt,
    places.size, places.positions, lanes, from, to,
  );
}
