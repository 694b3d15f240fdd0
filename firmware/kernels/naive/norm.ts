/**
 * The norms and the sums of squares of norm.ts in their plainest form.
 * @module
 */

/** Arguments as the kernel's. */
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
  const places = Array.from({ length: cols }, (_, i) => i);
  for (let lane = from; lane < to; lane++) {
    const share = Math.floor((squares(inputs, inputsAt, places, lanes, lane) * times) / over);
    add(norms, normsAt, errorNorm(errors, errorsAt, outputs, lanes, lane) * root(share), lane === 0);
  }
}

/** Arguments as the kernel's. */
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
  const places = [...kept.subarray(keptAt, keptAt + keptCount)];
  for (let lane = from; lane < to; lane++) {
    const norm = root(squares(inputs, inputsAt, places, lanes, lane));
    add(norms, normsAt, errorNorm(errors, errorsAt, outputs, lanes, lane) * norm, lane === 0);
  }
}

/** Arguments as the kernel's. */
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
  const places = Array.from({ length: cols }, (_, i) => i).filter((i) => marks[marksAt + i] === 1);
  for (let lane = from; lane < to; lane++) {
    const share = Math.floor((squares(inputs, inputsAt, places, lanes, lane) * times) / over);
    add(norms, normsAt, errorNorm(errors, errorsAt, outputs, lanes, lane) * root(share), lane === 0);
  }
}

/** Arguments as the kernel's. */
export function sumSquares(
  sums: Int32Array,
  sumsAt: number,
  values: Uint8Array | Int8Array | Int16Array,
  valuesAt: number,
  lanes: number,
  from: number,
  to: number,
): void {
  sums.fill(0, sumsAt, sumsAt + lanes);
  for (let i = from * lanes; i < to * lanes; i++) sums[sumsAt + (i % lanes)] += values[valuesAt + i] ** 2;
}

/** Arguments as the kernel's. */
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
  sums.fill(0, sumsAt, sumsAt + lanes);
  for (const i of kept.subarray(keptAt + from, keptAt + to)) {
    for (let lane = 0; lane < lanes; lane++) sums[sumsAt + lane] += values[valuesAt + i * lanes + lane] ** 2;
  }
}

/** Arguments as the kernel's. */
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
  sums.fill(0, sumsAt, sumsAt + lanes);
  for (let i = from; i < to; i++) {
    for (let lane = 0; lane < lanes; lane++) {
      sums[sumsAt + lane] += marks[marksAt + i] * values[valuesAt + i * lanes + lane] ** 2;
    }
  }
}

function errorNorm(
  errors: Int16Array,
  errorsAt: number,
  outputs: number,
  lanes: number,
  lane: number,
): number {
  const places = Array.from({ length: outputs }, (_, i) => i);
  return root(squares(errors, errorsAt, places, lanes, lane));
}

function squares(
  values: Uint8Array | Int8Array | Int16Array,
  at: number,
  places: readonly number[],
  lanes: number,
  lane: number,
): number {
  return places.reduce((sum, i) => sum + values[at + i * lanes + lane] ** 2, 0);
}

function root(square: number): number {
  return Math.floor(Math.sqrt(square));
}

function add(norms: Int32Array, at: number, product: number, isFirst: boolean): void {
  const sum = (isFirst ? 0 : norms[at] * 65536 + norms[at + 1]) + product;
  norms[at] = Math.floor(sum / 65536);
  norms[at + 1] = sum % 65536;
}
