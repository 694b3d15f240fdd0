/**
 * The step of one layer's weights and biases, as stages: which kernel serves it depends on whether it is dense or a
 * convolution, and on which weights and inputs are in use. It chooses nothing and knows no examples.
 * @module
 */
import { PLAIN, powerTable } from '../../shared/fixed/power.js';
import { BIAS_MAX } from '../../shared/model/bounds.js';
import { storedOf } from '../../shared/model/volume.js';
import { clearValues } from '../kernels/clear.js';
import { convWeightStep, markedConvWeightStep } from '../kernels/convstep.js';
import { listedWeightStep } from '../kernels/maskstep.js';
import { CARRY_MACS, carrySteps } from '../kernels/power.js';
import { clipSteps } from '../kernels/rate.js';
import { sparseWeightStep } from '../kernels/sparsestep.js';
import { biasStep, denseWeightStep } from '../kernels/step.js';
import type { TrainingBatch } from './batch.js';
import type { LayerPlaces } from './places.js';
import { takeRoom } from './room.js';
import { type Stage, stage } from './stage.js';

/** What a step depends on, for one layer. */
export interface StepTerms {
  readonly isChosen: boolean; // a choice of inputs was made
  readonly isMasked: boolean; // only the listed weights are trained
  readonly isPlain: boolean; // weights are no powers of other numbers
}

/** From errors, kept inputs and norms to new biases and weights. */
export function weightStages(places: LayerPlaces, terms: StepTerms): Stage<TrainingBatch>[] {
  const { outputs, output } = places.layer;
  const stages = [stage(stepBiases, places, outputs, output.plane), weightStage(places, terms)];
  if (!terms.isPlain) {
    stages.push(stage(beginCarry, places, 1, 1), stage(carry, places, outputs, 0));
  }
  return stages;
}

/** Steps every weight that is in use. */
function weightStage(places: LayerPlaces, { isChosen, isMasked }: StepTerms): Stage<TrainingBatch> {
  const { isSparse, active } = places;
  const { outputs, positions, window, weights } = places.layer;
  const isListed = isMasked && isSparse && !isChosen;
  if (window === undefined) {
    return isListed
      ? stage(listed, places, outputs, Math.ceil(active / outputs))
      : stage(dense, places, outputs, 0);
  }
  if (isListed) return stage(listedConv, places, active, positions);
  return stage(isChosen ? markedConv : conv, places, weights.length, positions);
}

/** The rates of this step, clipped by the gradient's norm. */
function setRates(batch: TrainingBatch, { layer, weightExp, biasExp, inputExp }: LayerPlaces): void {
  const { errorExp, rate, bound } = batch;
  const { i32, countsAt: at } = batch.network;
  const cut = batch.cuts[layer.index];
  const least = batch.leastBiasShifts[layer.index];
  const weightUnits = weightExp - errorExp - inputExp - cut;
  const normExp = errorExp + inputExp + batch.normShift;
  const biasUnits = biasExp - errorExp;
  clipSteps(i32, at, rate.mantissa, rate.exp, normExp, bound, weightUnits, biasUnits, least);
  batch.cut = cut;
  batch.mantissa = i32[at];
  batch.shift = i32[at + 1];
  batch.clips = takeRoom(batch, layer.index);
  batch.biasMantissa = i32[at + 2];
  batch.biasShift = i32[at + 3];
  batch.normShift = 0;
  batch.noiseTurn = batch.turn();
  batch.errorExp = errorExp + weightExp; // that of the sums for the layer before
}

function stepBiases(batch: TrainingBatch, places: LayerPlaces, from: number, to: number): void {
  if (from === 0) setRates(batch, places);
  const network = batch.network;
  const length = places.layer.output.plane * batch.lanes;
  // biome-ignore format: arguments in groups
  biasStep(
    network.i32, places.biasesAt + from, network.i16, network.errorsAt + from * length,
    batch.biasMantissa, batch.biasShift, BIAS_MAX, length, to - from,
  );
}

function dense(batch: TrainingBatch, places: LayerPlaces, from: number, to: number): void {
  const { network, lanes, kept } = batch;
  const i16 = network.i16;
  const cols = places.layer.inputs;
  batch.macs += (to - from) * kept * lanes;
  if (kept === cols) {
    // biome-ignore format: arguments in groups
    batch.clipped += denseWeightStep(
      i16, places.weightsAt, i16, network.errorsAt, places.inputs, places.inputsAt,
      network.i32, network.noiseAt, batch.noiseTurn, batch.mantissa, batch.shift, places.weightMax,
      cols, lanes, from, to,
    );
  } else {
    // biome-ignore format: arguments in groups
    batch.clipped += sparseWeightStep(
      i16, places.weightsAt, i16, network.errorsAt, places.inputs, places.inputsAt,
      network.u16, network.keptAt, kept, network.i32, network.noiseAt, batch.noiseTurn,
      batch.mantissa, batch.shift, places.weightMax, cols, lanes, from, to, batch.clips,
    );
  }
}

/** Only the weights of the mask. */
function listed(batch: TrainingBatch, places: LayerPlaces, from: number, to: number): void {
  const { network, lanes } = batch;
  const i32 = network.i32;
  const i16 = network.i16;
  if (from === 0) batch.macs += places.active * lanes;
  // biome-ignore format: arguments in groups
  batch.clipped += listedWeightStep(
    i16, places.weightsAt, i16, network.errorsAt, places.inputs, places.inputsAt, i32, places.rowStartsAt,
    network.u16, places.columnsAt, i32, network.noiseAt, batch.noiseTurn, batch.mantissa, batch.shift,
    places.weightMax, places.layer.inputs, lanes, from, to,
  );
}

function conv(batch: TrainingBatch, places: LayerPlaces, from: number, to: number): void {
  const { network, lanes } = batch;
  const { layer } = places;
  const i16 = network.i16;
  batch.macs += (to - from) * layer.positions * lanes;
  // biome-ignore format: arguments in groups
  batch.clipped += convWeightStep(
    i16, places.weightsAt, i16, network.errorsAt, layer.output.plane, places.inputs, places.inputsAt, places.rowStep,
    network.u16, places.tableAt, network.i32, network.noiseAt, batch.noiseTurn, batch.cut, batch.mantissa, batch.shift,
    places.weightMax, layer.inputs, layer.positions, lanes, from, to,
  );
}

/** Only the weights of the mask, from the from-th to the to-th. */
function listedConv(batch: TrainingBatch, places: LayerPlaces, from: number, to: number): void {
  const { network, lanes, noiseTurn, cut, mantissa, shift } = batch;
  const { i32, i16, u16, errorsAt, noiseAt } = network;
  const { weightsAt, inputsAt, rowStartsAt, columnsAt, weightMax, rowStep, tableAt } = places;
  const { inputs, positions, output } = places.layer;
  batch.macs += (to - from) * positions * lanes;
  let row = 0;
  for (let k = from; k < to; k++) {
    while (i32[rowStartsAt + row + 1] <= k) row++;
    const i = row * inputs + u16[columnsAt + k];
    // biome-ignore format: arguments in groups
    batch.clipped += convWeightStep(
      i16, weightsAt, i16, errorsAt, output.plane, places.inputs, inputsAt, rowStep, u16, tableAt,
      i32, noiseAt, noiseTurn, cut, mantissa, shift, weightMax, inputs, positions, lanes, i, i + 1,
    );
  }
}

/** With the marked inputs only, counted column by column; the marks are of no more use then. */
function markedConv(batch: TrainingBatch, places: LayerPlaces, from: number, to: number): void {
  const { network, lanes } = batch;
  const { i32, i16, u8, u16, marksAt, countsAt: usedAt } = network;
  const { layer } = places;
  i32[usedAt] = 0;
  // biome-ignore format: arguments in groups
  batch.clipped += markedConvWeightStep(
    i16, places.weightsAt, i16, network.errorsAt, layer.output.plane, places.inputs, places.inputsAt, places.rowStep,
    u16, network.keptAt, u8, marksAt, i32, usedAt, u16, places.tableAt,
    i32, network.noiseAt, batch.noiseTurn, batch.cut, batch.mantissa, batch.shift, places.weightMax,
    layer.outputs, layer.inputs, layer.positions, lanes, from, to,
  );
  batch.macs += i32[usedAt] * lanes;
  if (to === layer.weights.length) clearValues(u8, marksAt, storedOf(layer.input));
}

function beginCarry(batch: TrainingBatch): void {
  batch.noiseTurn = batch.turn();
  batch.unitMacs = batch.kept * CARRY_MACS;
}

/** Carries the step of the weights over to the numbers behind them. */
function carry(batch: TrainingBatch, places: LayerPlaces, from: number, to: number): void {
  const { network, noiseTurn, kept, method } = batch;
  const { i32, i16, u16, noiseAt, keptAt } = network;
  const { numbersAt, weightsAt, weightExp, weightMax } = places;
  if (method.power === PLAIN) return;
  const { roots, fall } = powerTable(method.power);
  // biome-ignore format: arguments in groups
  carrySteps(
    i16, numbersAt, i16, weightsAt, u16, keptAt, kept, i32, noiseAt, noiseTurn, roots, fall, method.power,
    weightExp, weightMax, places.layer.inputs, from, to,
  );
}
