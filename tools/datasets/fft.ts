/**
 * The fast Fourier transform of one length, in place, with its tables made once.
 * Source: Cooley & Tukey 1965, radix 2, decimation in time.
 * @module
 */

export class Fft {
  readonly size: number;
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;
  readonly #reversed: Uint32Array; // place of each element after its bits are reversed

  /** @param size a power of two, 2 or more */
  constructor(size: number) {
    const bits = Math.log2(size);
    if (!Number.isInteger(bits) || bits < 1) throw new RangeError(`size ${size}, expected a power of two`);
    this.size = size;
    this.#cos = Float64Array.from({ length: size / 2 }, (_, k) => Math.cos((2 * Math.PI * k) / size));
    this.#sin = Float64Array.from({ length: size / 2 }, (_, k) => -Math.sin((2 * Math.PI * k) / size));
    this.#reversed = new Uint32Array(size);
    for (let i = 0; i < size; i++)
      this.#reversed[i] = (this.#reversed[i >> 1] >> 1) | ((i & 1) << (bits - 1));
  }

  /** X[k] = Σ x[n] · e^(−2πi·kn/size). @param re, im float64 [size], x in, X out */
  transform(re: Float64Array, im: Float64Array): void {
    const { size } = this;
    for (let i = 0; i < size; i++) {
      const j = this.#reversed[i];
      if (j <= i) continue;
      [re[i], re[j]] = [re[j], re[i]];
      [im[i], im[j]] = [im[j], im[i]];
    }
    for (let half = 1; half < size; half *= 2) {
      const stride = size / (2 * half);
      for (let start = 0; start < size; start += 2 * half) {
        for (let k = 0; k < half; k++) {
          const [c, s] = [this.#cos[k * stride], this.#sin[k * stride]];
          const a = start + k;
          const b = a + half;
          const turnedRe = re[b] * c - im[b] * s;
          const turnedIm = re[b] * s + im[b] * c;
          re[b] = re[a] - turnedRe;
          im[b] = im[a] - turnedIm;
          re[a] += turnedRe;
          im[a] += turnedIm;
        }
      }
    }
  }
}
