/**
 * The kernels of fourier.ts in their plainest form: by recursion, and out of place.
 * @module
 */

/** Arguments as the kernel's. */
export function loadFrame(
  points: Int32Array,
  pointsAt: number,
  samples: Int16Array,
  samplesAt: number,
  window: Uint16Array,
  windowAt: number,
  frame: number,
  size: number,
): void {
  for (let i = 0; i < 2 * size; i++) {
    const weight = i < frame ? window[windowAt + Math.min(i, frame - 1 - i)] : 0;
    const sample = i < frame ? samples[samplesAt + i] : 0;
    let reversed = 0;
    for (let bit = 1; bit < size; bit *= 2) reversed = 2 * reversed + (Math.floor(i / 2 / bit) % 2);
    points[pointsAt + 2 * reversed + (i % 2)] = Math.floor((sample * weight) / 1024);
  }
}

/** Arguments as the kernel's. */
export function transformPoints(
  points: Int32Array,
  pointsAt: number,
  sines: Int32Array,
  sinesAt: number,
  size: number,
): void {
  const transform = (from: number, count: number): void => {
    if (count === 1) return;
    const half = count / 2;
    transform(from, half); // of the even points
    transform(from + half, half); // of the odd ones
    const before = points.slice(pointsAt + 2 * from, pointsAt + 2 * (from + count));
    for (let k = 0; k < half; k++) {
      const [re, im] = before.subarray(2 * k);
      const [x, y] = turn(before.subarray(2 * (half + k)), sines, sinesAt, k * (size / half), size);
      points.set([re + x, im + y], pointsAt + 2 * (from + k));
      points.set([re - x, im - y], pointsAt + 2 * (from + half + k));
    }
  };
  transform(0, size);
}

/** Arguments as the kernel's. */
export function splitSpectrum(
  points: Int32Array,
  pointsAt: number,
  sines: Int32Array,
  sinesAt: number,
  size: number,
): void {
  const before = points.slice(pointsAt, pointsAt + 2 * size);
  for (let k = 1; k <= size / 2; k++) {
    const [re, im] = before.subarray(2 * k);
    const [mirrorRe, mirrorIm] = before.subarray(2 * (size - k));
    const even = [re + mirrorRe, im - mirrorIm].map((x) => Math.floor(x / 2));
    const odd = [im + mirrorIm, mirrorRe - re].map((x) => Math.floor(x / 2));
    const [x, y] = turn(odd, sines, sinesAt, k, size);
    points.set([even[0] - x, y - even[1]], pointsAt + 2 * (size - k));
    points.set([even[0] + x, even[1] + y], pointsAt + 2 * k);
  }
}

/** (re + i·im) · e^(-2πi·step / (2 · size)). */
function turn(
  [re, im]: Iterable<number>,
  sines: Int32Array,
  sinesAt: number,
  step: number,
  size: number,
): [number, number] {
  const [sin, cos] = [sines[sinesAt + step], sines[sinesAt + step + size / 2]];
  const part = (x: number, factor: number) => Math.floor((x * factor) / 65536);
  return [part(re, cos) + part(im, sin), part(im, cos) - part(re, sin)];
}
