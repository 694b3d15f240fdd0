/**
 * What the clipping of a gradient compares: for each example the norm of its errors times that of its inputs.
 * Layout as in dense.ts. The sum over a batch may be made in several pieces: the one that begins with lane 0
 * overwrites.
 *
 * Exact: a sum of squares has at most 2,048 terms of ERROR_MAX², or 32,768 of 255², so it is below 2^31; its root is at
 * most 46,340 and a product of two below 2^31; of sixteen of them the high and the low halves are added apart.
 * `sumSquares` and its like are for longer sums, which the caller adds up.
 * @module
 */
import { squareRoot } from '../../shared/fixed/bits.js';

/**
 * norms += Σ floor(sqrt(Σ errors²)) · floor(sqrt(floor(Σ inputs² · times / over))), over the lanes from `from` to to - 1.
 *
 * @param norms  int32 [2] updated, overwritten if from is 0: high and low part, the sum is high · 2^16 + low
 * @param errors int16 [outputs × lanes]
 * @param outputs 0 to 2048
 * @param inputs uint8 or int8 [cols × lanes]
 * @param cols   0 to 32768
 * @param times  1 to over
 * @param over   1 to 32767
 * @param from   0 to to
 * @param to     0 to lanes
 */
export function addNorms(
  norms: Int32Array,
  normsAt: number,
  errors: Int16Array,
  errorsAt: number,
  outputs: number,
  inputs: Uint8Array | Int8Array,
  inputsAt: number,
  cols: number,
  times: number,
  over: number,
  lanes: number,
  from: number,
  to: number,
): void {
  if (from === 0) clearNorms(norms, normsAt);
  const end = inputsAt + cols * lanes;
  let lane = from;
  for (; lane + 4 <= to; lane += 4) {
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let i = inputsAt + lane; i < end; i += lanes) {
      const v0 = inputs[i];
      const v1 = inputs[i + 1];
      const v2 = inputs[i + 2];
      const v3 = inputs[i + 3];
      s0 += v0 * v0;
      s1 += v1 * v1;
      s2 += v2 * v2;
      s3 += v3 * v3;
    }
    // biome-ignore format: arguments in groups
    addFour(
      norms, normsAt, errors, errorsAt + lane, outputs, shareOf(s0, times, over), shareOf(s1, times, over),
      shareOf(s2, times, over), shareOf(s3, times, over), lanes,
    );
  }
  for (; lane < to; lane++) {
    let sum = 0;
    for (let i = inputsAt + lane; i < end; i += lanes) {
      const v = inputs[i];
      sum += v * v;
    }
    addOne(norms, normsAt, errors, errorsAt + lane, outputs, shareOf(sum, times, over), lanes);
  }
}

/**
 * The same with listed inputs only.
 *
 * @param norms  int32 [2] as above
 * @param errors int16 [outputs × lanes]
 * @param outputs 0 to 2048
 * @param inputs uint8 or int8 [reach × lanes]
 * @param kept   uint16 [keptCount] places
 * @param keptCount 0 to 32768
 * @param from   0 to to
 * @param to     0 to lanes
 * @where reach = largest(kept, keptAt, keptCount) + 1
 */
export function addListedNorms(
  norms: Int32Array,
  normsAt: number,
  errors: Int16Array,
  errorsAt: number,
  outputs: number,
  inputs: Uint8Array | Int8Array,
  inputsAt: number,
  kept: Uint16Array,
  keptAt: number,
  keptCount: number,
  lanes: number,
  from: number,
  to: number,
): void {
  if (from === 0) clearNorms(norms, normsAt);
  const end = keptAt + keptCount;
  let lane = from;
  for (; lane + 4 <= to; lane += 4) {
    const first = inputsAt + lane;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let k = keptAt; k < end; k++) {
      const i = first + kept[k] * lanes;
      const v0 = inputs[i];
      const v1 = inputs[i + 1];
      const v2 = inputs[i + 2];
      const v3 = inputs[i + 3];
      s0 += v0 * v0;
      s1 += v1 * v1;
      s2 += v2 * v2;
      s3 += v3 * v3;
    }
    addFour(norms, normsAt, errors, errorsAt + lane, outputs, s0, s1, s2, s3, lanes);
  }
  for (; lane < to; lane++) {
    const first = inputsAt + lane;
    let sum = 0;
    for (let k = keptAt; k < end; k++) {
      const v = inputs[first + kept[k] * lanes];
      sum += v * v;
    }
    addOne(norms, normsAt, errors, errorsAt + lane, outputs, sum, lanes);
  }
}

/**
 * The same with marked inputs only.
 *
 * @param norms  int32 [2] as above
 * @param errors int16 [outputs × lanes]
 * @param outputs 0 to 2048
 * @param inputs uint8 or int8 [cols × lanes]
 * @param marks  uint8 [cols] 1 where an input counts
 * @param cols   0 to 32768
 * @param times  1 to over
 * @param over   1 to 32767
 * @param from   0 to to
 * @param to     0 to lanes
 */
export function addMarkedNorms(
  norms: Int32Array,
  normsAt: number,
  errors: Int16Array,
  errorsAt: number,
  outputs: number,
  inputs: Uint8Array | Int8Array,
  inputsAt: number,
  marks: Uint8Array,
  marksAt: number,
  cols: number,
  times: number,
  over: number,
  lanes: number,
  from: number,
  to: number,
): void {
  if (from === 0) clearNorms(norms, normsAt);
  for (let lane = from; lane < to; lane++) {
    let sum = 0;
    for (let i = 0; i < cols; i++) {
      if (marks[marksAt + i] === 0) continue;
      const v = inputs[inputsAt + i * lanes + lane];
      sum += v * v;
    }
    addOne(norms, normsAt, errors, errorsAt + lane, outputs, shareOf(sum, times, over), lanes);
  }
}

/**
 * sums[lane] = Σ values[i][lane]², for i from from to to - 1.
 *
 * @param sums   int32 [lanes] overwritten
 * @param values uint8, int8 or int16 [to × lanes]
 */
export function sumSquares(
  sums: Int32Array,
  sumsAt: number,
  values: Uint8Array | Int8Array | Int16Array,
  valuesAt: number,
  lanes: number,
  from: number,
  to: number,
): void {
  for (let lane = 0; lane < lanes; lane++) {
    let sum = 0;
    const end = valuesAt + to * lanes;
    for (let i = valuesAt + from * lanes + lane; i < end; i += lanes) {
      const v = values[i];
      sum += v * v;
    }
    sums[sumsAt + lane] = sum;
  }
}

/**
 * The same of listed values only: those of kept[from] to kept[to - 1].
 *
 * @param sums   int32 [lanes] overwritten
 * @param values uint8 or int8 [reach × lanes]
 * @param kept   uint16 [to] places
 * @where reach = largest(kept, keptAt + from, to - from) + 1
 */
export function sumListedSquares(
  sums: Int32Array,
  sumsAt: number,
  values: Uint8Array | Int8Array,
  valuesAt: number,
  kept: Uint16Array,
  keptAt: number,
  lanes: number,
  from: number,
  to: number,
): void {
  for (let lane = 0; lane < lanes; lane++) {
    let sum = 0;
    for (let k = from; k < to; k++) {
      const v = values[valuesAt + kept[keptAt + k] * lanes + lane];
      sum += v * v;
    }
    sums[sumsAt + lane] = sum;
  }
}

/**
 * The same of marked values only.
 *
 * @param sums   int32 [lanes] overwritten
 * @param values uint8 or int8 [to × lanes]
 * @param marks  uint8 [to] 1 where a value counts
 */
export function sumMarkedSquares(
  sums: Int32Array,
  sumsAt: number,
  values: Uint8Array | Int8Array,
  valuesAt: number,
  marks: Uint8Array,
  marksAt: number,
  lanes: number,
  from: number,
  to: number,
): void {
  for (let lane = 0; lane < lanes; lane++) {
    let sum = 0;
    for (let i = from; i < to; i++) {
      if (marks[marksAt + i] === 0) continue;
      const v = values[valuesAt + i * lanes + lane];
      sum += v * v;
    }
    sums[sumsAt + lane] = sum;
  }
}

function clearNorms(norms: Int32Array, normsAt: number): void {
  norms[normsAt] = 0;
  norms[normsAt + 1] = 0;
}

/** floor(sum · times / over), in two parts. */
function shareOf(sum: number, times: number, over: number): number {
  if (over === 1) return sum;
  const whole = (sum / over) | 0;
  return whole * times + ((((sum - whole * over) * times) / over) | 0);
}

/** Adds the product of one example. @param squares of its inputs */
function addOne(
  norms: Int32Array,
  normsAt: number,
  errors: Int16Array,
  errorsAt: number,
  outputs: number,
  squares: number,
  lanes: number,
): void {
  const end = errorsAt + outputs * lanes;
  let sum = 0;
  for (let g = errorsAt; g < end; g += lanes) {
    const e = errors[g];
    sum += e * e;
  }
  addProduct(norms, normsAt, sum, squares);
}

/** The same of four examples side by side. */
function addFour(
  norms: Int32Array,
  normsAt: number,
  errors: Int16Array,
  errorsAt: number,
  outputs: number,
  squares0: number,
  squares1: number,
  squares2: number,
  squares3: number,
  lanes: number,
): void {
  const end = errorsAt + outputs * lanes;
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  for (let g = errorsAt; g < end; g += lanes) {
    const e0 = errors[g];
    const e1 = errors[g + 1];
    const e2 = errors[g + 2];
    const e3 = errors[g + 3];
    s0 += e0 * e0;
    s1 += e1 * e1;
    s2 += e2 * e2;
    s3 += e3 * e3;
  }
  addProduct(norms, normsAt, s0, squares0);
  addProduct(norms, normsAt, s1, squares1);
  addProduct(norms, normsAt, s2, squares2);
  addProduct(norms, normsAt, s3, squares3);
}

function addProduct(norms: Int32Array, normsAt: number, errors: number, inputs: number): void {
  const product = squareRoot(errors) * squareRoot(inputs);
  const low = norms[normsAt + 1] + (product & 65535);
  norms[normsAt] += (product >> 16) + (low >> 16);
  norms[normsAt + 1] = low & 65535;
}
