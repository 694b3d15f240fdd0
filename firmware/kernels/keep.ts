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
  let threshold = 0; // the smallest |input| kept
  let count = 0; // |inputs| from the threshold on
  do {
    low = low === 0 ? guess : low === guess && guess > 3 ? guess >> 1 : 1;
    histogram.fill(0, histogramAt + low, histogramAt + INPUT_BINS);
    count = listAbove(kept, keptAt, histogram, histogramAt, inputs, first, low - 1, cols, lanes);
  } while (count < keep && low > 1);
  if (count >= keep) {
    const end = keptAt + count;
    threshold = low;
    let least = histogram[histogramAt + low]; // how many equal the threshold
    while (count - least >= keep) {
      count -= least;
      threshold++;
      least = histogram[histogramAt + threshold];
    }
    let ties = allTies === 1 ? cols : least - (count - keep);
    let to = keptAt;
    count = 0;
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
      count++;
    }
  }
  histogram[histogramAt] = threshold;
  if (lanes === 1) return count;
  for (let k = keptAt; k < keptAt + count; k++) marks[marksAt + kept[k]] = 1;
  if (allTies === 1) clearOthers(kept, keptAt, keptAt + count, inputs, first, cols, lanes);
  return count;
}

/** Lists the columns of one lane whose |input| is above restMax, ascending. @returns how many */
function listAbove(
  kept: Uint16Array,
  keptAt: number,
  histogram: Int32Array,
  histogramAt: number,
  inputs: Uint8Array | Int8Array,
  first: number,
  restMax: number,
  cols: number,
  lanes: number,
): number {
  let count = 0;
  let to = keptAt;
  let x = first;
  let c = 0;
  for (; c + 4 <= cols; c += 4) {
    const v0 = inputs[x];
    const m0 = v0 < 0 ? -v0 : v0;
    if (m0 > restMax) {
      histogram[histogramAt + m0]++;
      kept[to] = c;
      to++;
      count++;
    }
    const v1 = inputs[x + lanes];
    const m1 = v1 < 0 ? -v1 : v1;
    if (m1 > restMax) {
      histogram[histogramAt + m1]++;
      kept[to] = c + 1;
      to++;
      count++;
    }
    const v2 = inputs[x + 2 * lanes];
    const m2 = v2 < 0 ? -v2 : v2;
    if (m2 > restMax) {
      histogram[histogramAt + m2]++;
      kept[to] = c + 2;
      to++;
      count++;
    }
    const v3 = inputs[x + 3 * lanes];
    const m3 = v3 < 0 ? -v3 : v3;
    if (m3 > restMax) {
      histogram[histogramAt + m3]++;
      kept[to] = c + 3;
      to++;
      count++;
    }
    x += 4 * lanes;
  }
  for (; c < cols; c++) {
    const v = inputs[x];
    const magnitude = v < 0 ? -v : v;
    if (magnitude > restMax) {
      histogram[histogramAt + magnitude]++;
      kept[to] = c;
      to++;
      count++;
    }
    x += lanes;
  }
  return count;
}

/** Inputs of one lane that are not in the list become 0. */
function clearOthers(
  kept: Uint16Array,
  keptAt: number,
  end: number,
  inputs: Uint8Array | Int8Array,
  first: number,
  cols: number,
  lanes: number,
): void {
  let x = first;
  for (let k = keptAt; k < end; k++) {
    const there = first + kept[k] * lanes;
    for (; x < there; x += lanes) inputs[x] = 0;
    x += lanes;
  }
  const there = first + cols * lanes;
  for (; x < there; x += lanes) inputs[x] = 0;
}

/**
 * The same for the examples of lanes `from` to to - 1. The guess for each is a little less than the smallest |input|
 * that those before it kept; it falls with them at once and rises slowly, since a guess that is too high costs a pass
 * over all inputs and one that is too low a few that are counted in vain. One list has room for the last only.
 *
 * @param kept      uint16 [cols] overwritten
 * @param marks     uint8 [cols] as above
 * @param histogram int32 [INPUT_BINS] scratch; the first element becomes the `least` of the examples after these
 * @param inputs    uint8 or int8 [cols × lanes]
 * @param keep      1 to cols
 * @param allTies   0 to 1
 * @param least     0 to INPUT_BINS - 1: about the smallest |input| that the examples before kept, 0 = unknown
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
  let low = least;
  for (let lane = from; lane < to; lane++) {
    const guess = low === 0 ? 1 : low - (low >> 5);
    // biome-ignore format: arguments in groups
    count = keepColumns(
      kept, keptAt, marks, marksAt, histogram, histogramAt, inputs, inputsAt, keep, allTies, guess, cols, lanes, lane,
    );
    const threshold = histogram[histogramAt];
    low = low === 0 || threshold < low ? threshold : low + ((threshold - low) >> 3);
  }
  histogram[histogramAt] = low;
  return count;
}
