/**
 * Which inputs the weight gradient uses, as a stage: the largest of each example, or all.
 * @module
 */
import type { TrainingMethod } from '../../shared/model/method.js';
import { storedOf, valuesOf } from '../../shared/model/volume.js';
import { keepEachColumns } from '../kernels/keep.js';
import { keepLargest, listKept } from '../kernels/select.js';
import type { TrainingBatch } from './batch.js';
import type { LayerPlaces } from './places.js';
import { type Stage, stage } from './stage.js';

/** Whether only some inputs of a layer are used. */
export function isChosen({ activations }: TrainingMethod, { keptInputs, layer }: LayerPlaces): boolean {
  return activations !== 'all' && keptInputs < valuesOf(layer.input);
}

/** Lists the inputs of a dense layer, marks those of another. @param chosen see isChosen */
export function keptStage(places: LayerPlaces, chosen: boolean): Stage<TrainingBatch> {
  const { window, input } = places.layer;
  if (!chosen) return stage(keepAll, places, 1, 1);
  return stage(window === undefined ? listInputs : markInputs, places, 0, storedOf(input));
}

function keepAll(batch: TrainingBatch, { layer }: LayerPlaces): void {
  batch.kept = layer.inputs;
  batch.unitMacs = layer.inputs * batch.lanes;
}

function listInputs(batch: TrainingBatch, places: LayerPlaces, from: number, to: number): void {
  const { network, lanes, leastKept } = batch;
  const { u16, u8, i32, keptAt, marksAt } = network;
  const { inputs: cols, index } = places.layer;
  // biome-ignore format: arguments in groups
  const count = keepEachColumns(
    u16, keptAt, u8, marksAt, i32, network.countsAt, places.inputs, places.inputsAt, places.keptInputs,
    batch.allTies, leastKept[index], cols, lanes, from, to,
  );
  leastKept[index] = i32[network.countsAt];
  if (to < lanes) return;
  batch.kept = lanes === 1 ? count : listKept(u16, keptAt, u8, marksAt, i32, cols);
  batch.unitMacs = batch.kept * lanes;
}

function markInputs(batch: TrainingBatch, places: LayerPlaces, from: number, to: number): void {
  const { u8, i32, marksAt, countsAt } = batch.network;
  const { inputs, inputsAt, keptInputs, layer } = places;
  const { lanes, allTies } = batch;
  const stored = storedOf(layer.input);
  for (let lane = from; lane < to; lane++) {
    // biome-ignore format: arguments in groups
    keepLargest(
      u8, marksAt, i32, countsAt, inputs, inputsAt, keptInputs, allTies, stored, lanes, lane,
    );
  }
  batch.kept = layer.inputs;
}
