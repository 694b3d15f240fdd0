/**
 * A part of sparsestep.ts: the columns of a step with eight lanes, each as its inputs ask.
 * @module
 */
import { stepEight, stepPairsByPeriod, stepTwo } from './eight.js';
import { stepOne, stepOneByPeriod } from './one.js';
import { stepOneUnclipped, stepPairsUnclipped } from './unclipped.js';

/** Columns with eight lanes. */
export function stepColumns(
  weights: Int16Array,
  weightsAt: number,
  errors: Int16Array,
  start: number,
  end: number,
  inputs: Uint8Array | Int8Array,
  inputsAt: number,
  kept: Uint16Array,
  keptAt: number,
  keptEnd: number,
  noise: Int32Array,
  noiseAt: number,
  turn: number,
  mantissa: number,
  shift: number,
  weightMax: number,
  cols: number,
  period: number,
  clips: number,
): number {
  let clipped = 0;
  let waiting = -1; // a column that goes with the next of its kind
  for (let k = keptAt; k < keptEnd; k++) {
    const c = kept[k];
    const x = inputsAt + (c << 3);
    let used = 3; // or more
    let first = 0;
    let last = 0;
    if (inputs[x] === 0 || inputs[x + 1] === 0 || inputs[x + 2] === 0) {
      used = 0;
      for (let lane = 0; lane < 8 && used <= 2; lane++) {
        if (inputs[x + lane] === 0) continue;
        used++;
        first = last;
        last = lane;
      }
    }
    const place = weightsAt + c;
    if (used > 2) {
      if (period > 0 && waiting < 0) {
        waiting = c;
      } else if (period > 0) {
        let run = k + 1; // the end of those like it, an odd number
        while (run < keptEnd) {
          const y = inputsAt + (kept[run] << 3);
          if (inputs[y] === 0 || inputs[y + 1] === 0 || inputs[y + 2] === 0) break;
          run++;
        }
        if (((run - k) & 1) === 0) run--;
        if (clips === 0) {
          // biome-ignore format: arguments in groups
          stepPairsUnclipped(
            weights, weightsAt, errors, start, end, inputs, inputsAt, waiting, kept, k, run, noise, noiseAt, turn,
            mantissa, shift, cols, period,
          );
        } else {
          // biome-ignore format: arguments in groups
          clipped += stepPairsByPeriod(
            weights, weightsAt, errors, start, end, inputs, inputsAt, waiting, kept, k, run, noise, noiseAt, turn,
            mantissa, shift, weightMax, cols, period,
          );
        }
        waiting = -1;
        k = run - 1;
      } else {
        // biome-ignore format: arguments in groups
        clipped += stepEight(
          weights, place, errors, start, end, inputs, x, noise, noiseAt, turn + c, mantissa, shift, weightMax, cols,
        );
      }
    } else if (used === 2) {
      // biome-ignore format: arguments in groups
      clipped += stepTwo(
        weights, place, errors, start + first, start + last, end, inputs[x + first] * mantissa,
        inputs[x + last] * mantissa, noise, noiseAt, turn + c, shift, weightMax, cols,
      );
    } else if (used === 1 && period > 0 && clips === 0) {
      // biome-ignore format: arguments in groups
      stepOneUnclipped(
        weights, place, errors, start + last, end, inputs[x + last] * mantissa, noise, noiseAt, turn + c,
        shift, cols, 8, period,
      );
    } else if (used === 1 && period > 0) {
      // biome-ignore format: arguments in groups
      clipped += stepOneByPeriod(
        weights, place, errors, start + last, end, inputs[x + last] * mantissa, noise, noiseAt, turn + c,
        shift, weightMax, cols, 8, period,
      );
    } else if (used === 1) {
      // biome-ignore format: arguments in groups
      clipped += stepOne(
        weights, place, errors, start + last, end, inputs[x + last] * mantissa, noise, noiseAt, turn + c,
        shift, weightMax, cols, 8,
      );
    }
  }
  if (waiting >= 0) {
    // biome-ignore format: arguments in groups
    clipped += stepEight(
      weights, weightsAt + waiting, errors, start, end, inputs, inputsAt + (waiting << 3), noise, noiseAt,
      turn + waiting, mantissa, shift, weightMax, cols,
    );
  }
  return clipped;
}
