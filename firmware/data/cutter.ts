/**
 * Cuts a stream of samples into windows that may overlap: one of `steps` samples every `stride` samples. Memory is one
 * window of samples, and one in which they lie in order for who gets it.
 * @module
 */
export class WindowCutter {
  readonly #samples: Int16Array; // [steps × channels], around the end and on from the start
  readonly #window: Int16Array; // the same in order
  readonly #channels: number;
  readonly #steps: number;
  readonly #stride: number;
  #next = 0; // step that the next sample takes
  #missing: number; // samples to the next window

  /** @param stride 1 to steps */
  constructor(steps: number, channels: number, stride: number) {
    this.#samples = new Int16Array(steps * channels);
    this.#window = new Int16Array(steps * channels);
    this.#channels = channels;
    this.#steps = steps;
    this.#stride = stride;
    this.#missing = steps;
  }

  /**
   * @param values one sample, copied
   * @returns the window that ends with it, [steps × channels], valid until the next call; undefined between windows
   */
  push(values: Int16Array): Int16Array | undefined {
    const channels = this.#channels;
    const at = this.#next * channels;
    for (let i = 0; i < channels; i++) this.#samples[at + i] = values[i];
    this.#next = this.#next + 1 === this.#steps ? 0 : this.#next + 1;
    this.#missing -= 1;
    if (this.#missing > 0) return undefined;
    this.#missing = this.#stride;
    const oldest = this.#next * channels;
    this.#window.set(this.#samples.subarray(oldest));
    this.#window.set(this.#samples.subarray(0, oldest), this.#window.length - oldest);
    return this.#window;
  }

  /** The next window has none of the samples so far. */
  begin(): void {
    this.#missing = this.#steps;
  }
}
