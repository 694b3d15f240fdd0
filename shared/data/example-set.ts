/**
 * A labelled data set in memory, and views of parts of it.
 * @module
 */

export interface ExampleSet {
  readonly count: number;
  readonly shape: readonly number[]; // of one example, e.g. [14, 14]
  readonly featureCount: number; // product of the shape; one byte each
  readonly signed: boolean; // features are int8, else uint8
  readonly inputExp: number; // real value = raw · 2^inputExp
  readonly classes: number; // 2 to 255
  readonly features: Uint8Array; // [count × featureCount]; int8 as two's complement
  readonly labels: Uint8Array; // [count], 0 to classes - 1
  readonly clients: Uint16Array; // [count], natural client of each example
  readonly clientCount: number;
}

/** The examples of one holder: places in a set, in a fixed order. */
export class Shard {
  readonly count: number;
  readonly features: number;
  readonly signed: boolean;
  readonly classes: number;
  readonly #set: ExampleSet;
  readonly #places: Uint32Array;

  constructor(set: ExampleSet, places: Uint32Array) {
    this.count = places.length;
    this.features = set.featureCount;
    this.signed = set.signed;
    this.classes = set.classes;
    this.#set = set;
    this.#places = places;
  }

  /** Copies the features of example `index` to out[0..features) and returns its label. */
  read(index: number, out: Uint8Array): number {
    const { features, featureCount, labels } = this.#set;
    const place = this.#places[index];
    const start = place * featureCount;
    out.set(features.subarray(start, start + featureCount));
    return labels[place];
  }
}
