/**
 * What every loader gives: a training and a test part of one kind of example.
 * @module
 */
import type { ExampleSet } from '../../shared/data/example-set.js';
import type { Standard } from './standard.js';

export interface Loaded {
  readonly train: ExampleSet;
  readonly test: ExampleSet; // same shape, type, exponent and classes; its clients are others
  readonly classNames: readonly string[]; // by label
  readonly standard?: Standard; // how the features were scaled: a board must do the same
}

export interface ExampleFields {
  readonly shape: readonly number[]; // of one example, 1 to 3 dimensions
  readonly signed: boolean;
  readonly inputExp: number; // -16 to 0
  readonly classes: number;
  readonly features: Uint8Array; // [count × product of the shape]
  readonly labels: Uint8Array; // [count]
  readonly clients?: Uint16Array; // [count]; one client has all when left out
}

const MAX_FEATURES = 65535; // of one example, as in the `.fld` format

/**
 * An example set with its sizes counted.
 * @param part `train` or `test`, for errors
 * @throws RangeError when there is no example, an example is too big, or the classes are not 2 to 255
 */
export function exampleSet(part: string, fields: ExampleFields): ExampleSet {
  const { shape, classes, labels, clients = new Uint16Array(labels.length) } = fields;
  const featureCount = shape.reduce((product, size) => product * size, 1);
  if (labels.length === 0) throw new RangeError(`${part}: 0 examples, expected 1 or more`);
  if (featureCount < 1 || featureCount > MAX_FEATURES) {
    throw new RangeError(`${part}: ${featureCount} features, expected 1 to ${MAX_FEATURES}`);
  }
  if (classes < 2 || classes > 255) throw new RangeError(`${part}: ${classes} classes, expected 2 to 255`);
  const clientCount = clients.reduce((most, client) => Math.max(most, client), 0) + 1;
  return { ...fields, count: labels.length, featureCount, clients, clientCount };
}

/** These examples of a set, in this order. */
export function pick(set: ExampleSet, places: ArrayLike<number>): ExampleSet {
  const { featureCount } = set;
  const features = new Uint8Array(places.length * featureCount);
  const order = Array.from(places);
  order.forEach((place, i) => {
    features.set(set.features.subarray(place * featureCount, (place + 1) * featureCount), i * featureCount);
  });
  const labels = Uint8Array.from(order, (place) => set.labels[place]);
  const clients = Uint16Array.from(order, (place) => set.clients[place]);
  return { ...set, count: order.length, features, labels, clients };
}
