/**
 * Live sensor windows as a board's examples. They are kept raw, as int16, in a ring in flash, and
 * normalised as they are read: another normalisation needs no new data. Features are in the order of a model's layers, the
 * steps of a channel one after the other, as those of speech clips are.
 *
 * A round must see the same examples from beginning to end, and again after a restart (an update is a
 * function of plan, model and examples). So nothing is recorded while a round is at work, and nothing
 * after a restart until a person chooses a label again.
 * @module
 */
import { type Normal, normalise } from '../../shared/data/normal.js';
import { Ring } from '../flash/ring.js';
import type { Examples, RawPartition } from '../ports/ports.js';

export interface WindowShape {
  readonly steps: number;
  readonly channels: number;
  readonly classes: number; // 2 to 255
}

export class WindowExamples implements Examples {
  readonly features: number;
  readonly signed = true;
  readonly classes: number;
  readonly #ring: Ring;
  readonly #steps: number;
  readonly #channels: number;
  readonly #item: Uint8Array; // label, a zero, raw values
  readonly #raw: DataView;
  #normals: readonly Normal[] | undefined;
  #label: number | undefined;

  /**
   * Without windows before `check` has run.
   * @param normals one for each channel; without them windows can be kept, not read
   * @throws RangeError when they are not, or the ring cannot be
   */
  constructor(
    partition: RawPartition,
    { steps, channels, classes }: WindowShape,
    normals?: readonly Normal[],
  ) {
    this.features = steps * channels;
    this.classes = classes;
    this.#steps = steps;
    this.#channels = channels;
    this.#item = new Uint8Array(2 + 2 * this.features);
    this.#raw = new DataView(this.#item.buffer, 2);
    this.#ring = new Ring(partition, this.#item.length);
    this.#normals = normals && checked(normals, channels);
  }

  /** Looks for the windows of an earlier life. None can be recorded before. Yields bytes read. */
  check(): Generator<number, void> {
    return this.#ring.check();
  }

  get count(): number {
    return this.#ring.count;
  }

  /** What windows are recorded as now; undefined while none are. */
  get label(): number | undefined {
    return this.#label;
  }

  /** @param label 0 to classes - 1, or undefined to stop @throws RangeError */
  set label(label: number | undefined) {
    if (label !== undefined && !(Number.isInteger(label) && label >= 0 && label < this.classes)) {
      throw new RangeError(`label ${label}, expected 0 to ${this.classes - 1}`);
    }
    this.#label = label;
  }

  /** Takes effect for all windows at once: between rounds only. */
  set normals(normals: readonly Normal[]) {
    this.#normals = checked(normals, this.#channels);
  }

  /**
   * Keeps a window under the present label. @param raw [steps × channels]
   * @param isAtWork whether a round is
   * @returns whether it was kept
   */
  record(raw: Int16Array, isAtWork: boolean): boolean {
    if (this.#label === undefined || isAtWork) return false;
    if (raw.length !== this.features) {
      throw new RangeError(`window of ${raw.length} values, expected ${this.features}`);
    }
    this.#item[0] = this.#label;
    for (let i = 0; i < raw.length; i++) this.#raw.setInt16(2 * i, raw[i], true);
    this.#ring.append(this.#item);
    return true;
  }

  read(index: number, out: Uint8Array): number {
    const normals = this.#normals;
    if (normals === undefined) throw new RangeError(`window ${index} without normals, expected them`);
    this.#ring.read(index, this.#item);
    for (let channel = 0, to = 0; channel < this.#channels; channel++) {
      for (let step = 0; step < this.#steps; step++) {
        const raw = this.#raw.getInt16(2 * (step * this.#channels + channel), true);
        out[to++] = normalise(raw, normals[channel]);
      }
    }
    return this.#item[0];
  }

  /** The values of a window as they were recorded. @param out [steps × channels] */
  readRaw(index: number, out: Int16Array): void {
    this.#ring.read(index, this.#item);
    for (let i = 0; i < this.features; i++) out[i] = this.#raw.getInt16(2 * i, true);
  }

  /** Forgets all windows. */
  clear(): void {
    this.#ring.clear();
  }
}

/** The int8 features of a live window, [channels × steps], as `Examples.read` gives those of a kept one. */
export function featuresOf(raw: Int16Array, normals: readonly Normal[], out: Uint8Array): void {
  for (let channel = 0, to = 0; channel < normals.length; channel++) {
    for (let at = channel; at < raw.length; at += normals.length)
      out[to++] = normalise(raw[at], normals[channel]);
  }
}

function checked(normals: readonly Normal[], channels: number): readonly Normal[] {
  if (normals.length === channels) return normals;
  throw new RangeError(`${normals.length} normals, expected one for each of ${channels} channels`);
}
