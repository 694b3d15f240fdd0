/**
 * What is trained on: numbers without meaning, of which no input is 0, or images of real clothes.
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseFld } from '../../../shared/data/fld.js';
import { Random } from '../../../shared/fixed/random.js';
import type { ModelDescription } from '../../../shared/model/description.js';
import { layoutOf } from '../../../shared/model/layout.js';
import { outsideData } from '../../test/outside.js';

export type DataName = 'random' | 'fashion14';

export interface BenchExamples {
  readonly count: number;
  readonly features: Uint8Array; // [count × inputs]
  readonly labels: Uint8Array; // [count]
}

/** Whether the set is there. */
export function hasData(data: DataName): boolean {
  return data === 'random' || outsideData(data) !== undefined;
}

/** @throws RangeError for images in a model that cannot take them */
export function examplesFor(data: DataName, description: ModelDescription, count: number): BenchExamples {
  return data === 'random' ? randomExamples(description, count) : images(data, description, count);
}

function randomExamples(description: ModelDescription, count: number): BenchExamples {
  const { inputs, classes } = layoutOf(description);
  const random = new Random(3);
  const least = description.input.type === 'int8' ? 129 : 1; // -127 to 127, without 0
  const features = Uint8Array.from({ length: count * inputs }, () => {
    const value = 1 + random.below(255);
    return least === 1 || value !== 128 ? value : least;
  });
  return {
    count,
    features,
    labels: Uint8Array.from({ length: count }, (_, i) => (7 * i + (i >> 3)) % classes),
  };
}

const IMAGE = 14;

/** In the middle of a square that is as large or larger. */
function images(data: DataName, description: ModelDescription, count: number): BenchExamples {
  const { inputs } = layoutOf(description);
  const side = Math.sqrt(inputs);
  if (!Number.isInteger(side) || side < IMAGE || description.input.type !== 'uint8') {
    throw new RangeError(`${inputs} inputs, expected a square of ${IMAGE} or more in uint8`);
  }
  const set = parseFld(readFileSync(join(outsideData(data) ?? '', 'train.fld')));
  const border = (side - IMAGE) >> 1;
  const features = new Uint8Array(count * inputs);
  for (let i = 0; i < count; i++) {
    for (let y = 0; y < IMAGE; y++) {
      const from = (i * IMAGE + y) * IMAGE;
      features.set(set.features.subarray(from, from + IMAGE), i * inputs + (y + border) * side + border);
    }
  }
  return { count, features, labels: set.labels.slice(0, count) };
}
