/**
 * The weight step of one layer, in slices: which kernel serves it depends on whether it is dense or a
 * convolution, and on which weights and inputs are in use. It chooses nothing and knows no examples.
 * @module
 */
import { type Power, powerTable } from '../../shared/fixed/power.js';
import { storedOf } from '../../shared/model/volume.js';
import { convWeightStep, listPositions, sparseConvWeightStep } from '../kernels/convstep.js';
import { listedWeightStep } from '../kernels/maskstep.js';
import { CARRY_MACS, carrySteps } from '../kernels/power.js';
import { sparseWeightStep } from '../kernels/sparsestep.js';
import { denseWeightStep } from '../kernels/step.js';
import { type Network, rowsPerSlice } from './network.js';
import type { Pace } from './pace.js';
import type { LayerPlaces } from './places.js';
import type { Step } from './rate.js';

export interface StepTerms {
  readonly network: Network;
  readonly places: LayerPlaces;
  readonly lanes: number;
  readonly kept: number; // columns of a dense layer in use; all = the fan-in
  readonly noiseTurn: number;
  readonly cut: number; // bits that a gradient loses before the rate, see gradientCut
  readonly step: Step;
  readonly pace: Pace;
}

export interface StepTally {
  readonly macs: number;
  readonly clipped: number; // weights that met ±weightMax
}

/**
 * Steps every weight that is in use. Yields multiply-accumulates.
 * @param isKept   a choice of inputs was made
 * @param isMasked only the listed weights are trained
 */
export function stepWeights(
  terms: StepTerms,
  isKept: boolean,
  isMasked: boolean,
): Generator<number, StepTally> {
  const { isSparse, layer } = terms.places;
  const isDense = layer.window === undefined;
  if (isMasked && isSparse && !isKept) return isDense ? listedStep(terms) : listedConvStep(terms);
  if (isDense) return denseStep(terms);
  return isKept ? keptConvStep(terms) : convStep(terms);
}

/** Carries a step of weights over to the numbers behind them. */
export function* carry(terms: StepTerms, power: Power): Generator<number, void> {
  const { network, places, noiseTurn, kept, pace } = terms;
  const { i32, i16, u16, arena } = network;
  const { numbersAt, weightsAt, weightExp, weightMax } = places;
  const { inputs, outputs } = places.layer;
  const { roots, fall } = powerTable(power);
  const noiseAt = arena.noise.offset >> 2;
  const keptAt = arena.kept.offset >> 1;
  const rows = rowsPerSlice(kept * CARRY_MACS, pace.pieceMacs);
  for (let from = 0; from < outputs; from += rows) {
    const to = Math.min(outputs, from + rows);
    // biome-ignore format: arguments in groups
    carrySteps(
      i16, numbersAt, i16, weightsAt, u16, keptAt, kept, i32, noiseAt, noiseTurn, roots, fall, power,
      weightExp, weightMax, inputs, from, to,
    );
    if (pace.isDue((to - from) * kept * CARRY_MACS)) yield pace.take();
  }
}

function* denseStep(terms: StepTerms): Generator<number, StepTally> {
  const { network, places, lanes, noiseTurn, step, kept, pace } = terms;
  const { mantissa, shift } = step;
  let clipped = 0;
  const { i32, i16, u16, arena } = network;
  const { weightsAt, inputsAt, weightMax } = places;
  const { inputs, outputs } = places.layer;
  const errorsAt = arena.errors.offset >> 1;
  const noiseAt = arena.noise.offset >> 2;
  const keptAt = arena.kept.offset >> 1;
  const rowMacs = kept * lanes;
  const rows = rowsPerSlice(rowMacs, pace.pieceMacs);
  for (let from = 0; from < outputs; from += rows) {
    const to = Math.min(outputs, from + rows);
    if (kept === inputs) {
      // biome-ignore format: arguments in groups
      clipped += denseWeightStep(
        i16, weightsAt, i16, errorsAt, places.inputs, inputsAt, i32, noiseAt, noiseTurn,
        mantissa, shift, weightMax, inputs, lanes, from, to,
      );
    } else {
      // biome-ignore format: arguments in groups
      clipped += sparseWeightStep(
        i16, weightsAt, i16, errorsAt, places.inputs, inputsAt, u16, keptAt, kept, i32, noiseAt, noiseTurn,
        mantissa, shift, weightMax, inputs, lanes, from, to,
      );
    }
    if (pace.isDue((to - from) * rowMacs)) yield pace.take();
  }
  return { macs: outputs * rowMacs, clipped };
}

/** Only the weights of the mask. */
function* listedStep(terms: StepTerms): Generator<number, StepTally> {
  const { network, places, lanes, noiseTurn, step, pace } = terms;
  const { mantissa, shift } = step;
  let clipped = 0;
  const { i32, i16, u16, arena } = network;
  const { weightsAt, inputsAt, rowStartsAt, columnsAt, weightMax, active } = places;
  const { inputs, outputs } = places.layer;
  const errorsAt = arena.errors.offset >> 1;
  const noiseAt = arena.noise.offset >> 2;
  const rowMacs = (active * lanes) / outputs;
  const rows = rowsPerSlice(rowMacs, pace.pieceMacs);
  for (let from = 0; from < outputs; from += rows) {
    const to = Math.min(outputs, from + rows);
    // biome-ignore format: arguments in groups
    clipped += listedWeightStep(
      i16, weightsAt, i16, errorsAt, places.inputs, inputsAt, i32, rowStartsAt, u16, columnsAt, i32, noiseAt,
      noiseTurn, mantissa, shift, weightMax, inputs, lanes, from, to,
    );
    if (pace.isDue((to - from) * rowMacs)) yield pace.take();
  }
  return { macs: active * lanes, clipped };
}

function* convStep(terms: StepTerms): Generator<number, StepTally> {
  const { network, places, lanes, noiseTurn, cut, step, pace } = terms;
  const { mantissa, shift } = step;
  let clipped = 0;
  const { i32, i16, u16, arena } = network;
  const { weightsAt, inputsAt, weightMax, rowStep, tableAt } = places;
  const { inputs, positions, output, weights } = places.layer;
  const errorsAt = arena.errors.offset >> 1;
  const noiseAt = arena.noise.offset >> 2;
  const weightMacs = positions * lanes;
  const piece = rowsPerSlice(weightMacs, pace.pieceMacs);
  for (let from = 0; from < weights.length; from += piece) {
    const to = Math.min(weights.length, from + piece);
    // biome-ignore format: arguments in groups
    clipped += convWeightStep(
      i16, weightsAt, i16, errorsAt, output.plane, places.inputs, inputsAt, rowStep, u16, tableAt,
      i32, noiseAt, noiseTurn, cut, mantissa, shift, weightMax, inputs, positions, lanes, from, to,
    );
    if (pace.isDue((to - from) * weightMacs)) yield pace.take();
  }
  return { macs: weights.length * weightMacs, clipped };
}

/** The same of a convolution, weight by weight. */
function* listedConvStep(terms: StepTerms): Generator<number, StepTally> {
  const { network, places, lanes, noiseTurn, cut, step, pace } = terms;
  const { mantissa, shift } = step;
  let clipped = 0;
  const { i32, i16, u16, arena } = network;
  const { weightsAt, inputsAt, rowStartsAt, columnsAt, weightMax, rowStep, tableAt, active } = places;
  const { inputs, outputs, positions, output } = places.layer;
  const errorsAt = arena.errors.offset >> 1;
  const noiseAt = arena.noise.offset >> 2;
  const weightMacs = positions * lanes;
  for (let r = 0; r < outputs; r++) {
    const end = i32[rowStartsAt + r + 1];
    for (let k = i32[rowStartsAt + r]; k < end; k++) {
      const i = r * inputs + u16[columnsAt + k];
      // biome-ignore format: arguments in groups
      clipped += convWeightStep(
        i16, weightsAt, i16, errorsAt, output.plane, places.inputs, inputsAt, rowStep, u16, tableAt,
        i32, noiseAt, noiseTurn, cut, mantissa, shift, weightMax, inputs, positions, lanes, i, i + 1,
      );
      if (pace.isDue(weightMacs)) yield pace.take();
    }
  }
  return { macs: active * weightMacs, clipped };
}

/** Column by column, since rows share the list of a column's positions (but not if depthwise). */
function* keptConvStep(terms: StepTerms): Generator<number, StepTally> {
  const { network, places, lanes, noiseTurn, cut, step, pace } = terms;
  const { mantissa, shift } = step;
  let clipped = 0;
  let macs = 0;
  const { i32, i16, u8, u16, arena } = network;
  const { weightsAt, inputsAt, weightMax, rowStep, tableAt } = places;
  const { inputs, outputs, positions, input, output, isDepthwise } = places.layer;
  const errorsAt = arena.errors.offset >> 1;
  const noiseAt = arena.noise.offset >> 2;
  const keptAt = arena.kept.offset >> 1;
  const marksAt = arena.marks.offset;
  const groups = isDepthwise ? outputs : 1; // rows that share a list
  const rows = outputs / groups;
  for (let group = 0; group < groups; group++) {
    for (let c = 0; c < inputs; c++) {
      const place = group * rowStep + u16[tableAt + c];
      const count = listPositions(u16, keptAt, u8, marksAt, place, u16, tableAt + inputs, positions);
      if (pace.isDue(positions)) yield pace.take();
      const rowMacs = count * lanes;
      const piece = rowsPerSlice(rowMacs, pace.pieceMacs);
      for (let from = group; from < group + rows; from += piece) {
        const to = Math.min(group + rows, from + piece);
        // biome-ignore format: arguments in groups
        clipped += sparseConvWeightStep(
          i16, weightsAt, i16, errorsAt, output.plane, places.inputs, inputsAt, place, u16, keptAt, count,
          u16, tableAt, i32, noiseAt, noiseTurn, cut, mantissa, shift, weightMax, c, inputs, positions,
          lanes, from, to,
        );
        if (pace.isDue((to - from) * rowMacs)) yield pace.take();
      }
      macs += rows * rowMacs;
    }
  }
  u8.fill(0, marksAt, marksAt + storedOf(input));
  return { macs, clipped };
}
