/**
 * Which columns of a dense layer an example keeps for the weight gradient: its largest inputs. The threshold
 * comes from exact counting, so the choice has no history; a guess only says which inputs need not be counted.
 * @module
 */
import { INPUT_BINS } from './select.js';

/**
 * Lists the `keep` largest |inputs| of one example, ascending. A zero is never kept, since it gives no gradient.
 * Pixels tie often: with `allTies` all that equal the last one are kept, as SWAT's threshold does (Raihan & Aamodt
 * 2020), else ties go to the lower index.
 *
 * With one lane the list is the choice. Of several it is marked, so that `listKept` gives the union, and with
 * `allTies` what this lane does not keep becomes 0.
 *
 * @param kept      uint16 [cols] overwritten
 * @param marks     uint8 [cols] with several lanes set to 1 where kept, else as before
 * @param histogram int32 [INPUT_BINS] scratch; the first element becomes the smallest |input| kept, or 0 if the
 *   inputs that are not 0 were too few
 * @param inputs    uint8 or int8 [cols × lanes]
 * @param keep      1 to cols
 * @param allTies   0 to 1
 * @param guess     1 to INPUT_BINS - 1: most |inputs| below it are not kept
 * @param lane      0 to lanes - 1
 * @returns how many are kept
 */
export function keepColumns(
  kept: Uint16Array,
  keptAt: number,
  marks: Uint8Array,
  marksAt: number,
  histogram: Int32Array,
  histogramAt: number,
  inputs: Uint8Array | Int8Array,
  inputsAt: number,
  keep: number,
  allTies: number,
  guess: number,
  cols: number,
  lanes: number,
  lane: number,
): number {
  const first = inputsAt + lane;
  let low = 0;
  let threshold = 0; // every |input| below it is left out: `keep` others were found
  let above = 0; // |inputs| above the threshold
  let count = 0; // and those equal to it
  let end = keptAt; // of the list
  do {
    low = low === 0 ? guess : low === guess && guess > 3 ? guess >> 1 : 1;
    histogram.fill(0, histogramAt + low, histogramAt + INPUT_BINS);
    threshold = low;
    above = 0;
    end = keptAt;
    let x = first;
    for (let c = 0; c < cols; c++) {
      const v = inputs[x];
      const magnitude = v < 0 ? -v : v;
      x += lanes;
      if (magnitude < threshold) continue;
      kept[end] = c;
      end++;
      histogram[histogramAt + magnitude]++;
      if (magnitude === threshold) continue;
      above++;
      while (above >= keep) {
        threshold++;
        above -= histogram[histogramAt + threshold];
      }
    }
    count = above + histogram[histogramAt + threshold];
  } while (count < keep && low > 1);
  if (count < keep) threshold = 0;
  else {
    // the list has some from before the threshold rose
    let ties = allTies === 1 ? cols : keep - above;
    let to = keptAt;
    for (let k = keptAt; k < end; k++) {
      const c = kept[k];
      const v = inputs[first + c * lanes];
      const magnitude = v < 0 ? -v : v;
      if (magnitude < threshold) continue;
      if (magnitude === threshold) {
        if (ties === 0) continue;
        ties--;
      }
      kept[to] = c;
      to++;
    }
    end = to;
  }
  histogram[histogramAt] = threshold;
  if (lanes === 1) return end - keptAt;
  let x = first;
  for (let k = keptAt; k < end; k++) {
    const next = kept[k];
    marks[marksAt + next] = 1;
    if (allTies === 1) {
      const there = first + next * lanes;
      for (; x < there; x += lanes) inputs[x] = 0;
      x += lanes;
    }
  }
  if (allTies === 1) {
    const there = first + cols * lanes;
    for (; x < there; x += lanes) inputs[x] = 0;
  }
  return end - keptAt;
}

/**
 * The same for the examples of lanes `from` to to - 1, each with a guess from the one before. One list has room for the
 * last only.
 *
 * @param kept      uint16 [cols] overwritten
 * @param marks     uint8 [cols] as above
 * @param histogram int32 [INPUT_BINS] scratch; the first element becomes the smallest |input| that the last one kept
 * @param inputs    uint8 or int8 [cols × lanes]
 * @param keep      1 to cols
 * @param allTies   0 to 1
 * @param least     0 to INPUT_BINS - 1: the smallest |input| that the example before kept, 0 = unknown
 * @param from      0 to to
 * @param to        0 to lanes
 * @returns how many the last one keeps
 */
export function keepEachColumns(
  kept: Uint16Array,
  keptAt: number,
  marks: Uint8Array,
  marksAt: number,
  histogram: Int32Array,
  histogramAt: number,
  inputs: Uint8Array | Int8Array,
  inputsAt: number,
  keep: number,
  allTies: number,
  least: number,
  cols: number,
  lanes: number,
  from: number,
  to: number,
): number {
  let count = 0;
  let last = least;
  for (let lane = from; lane < to; lane++) {
    const guess = last === 0 ? 1 : last - (last >> 3);
    // biome-ignore format: arguments in groups
    count = keepColumns(
      kept, keptAt, marks, marksAt, histogram, histogramAt, inputs, inputsAt, keep, allTies, guess, cols, lanes, lane,
    );
    last = histogram[histogramAt];
  }
  return count;
}
