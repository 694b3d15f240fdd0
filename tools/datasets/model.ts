/**
 * The model for a data set: the zoo's network for its shape, or one described in a file.
 * @module
 */
import { readFileSync } from 'node:fs';
import { weightMaxima } from '../../shared/model/bounds.js';
import { type ModelDescription, parseDescription } from '../../shared/model/description.js';
import { layoutOf } from '../../shared/model/layout.js';
import { defaultModel } from '../../shared/model/zoo.js';
import type { Dataset } from './dataset.js';

/**
 * @param file JSON description; the zoo's network when left out
 * @throws RangeError in one line when the file cannot be read or does not fit the data
 */
export function modelFor({ name, train }: Dataset, file?: string): ModelDescription {
  const input = { shape: train.shape, type: train.signed ? 'int8' : 'uint8', exp: train.inputExp } as const;
  if (file === undefined) return defaultModel(taskName(name), input, train.classes);
  const description = readDescription(file);
  const inputs = description.input.shape.reduce((product, size) => product * size, 1);
  if (inputs !== train.featureCount || description.input.type !== input.type) {
    throw new RangeError(
      `${file}: input of ${inputs} ${description.input.type}, expected ${train.featureCount} ${input.type} as in ${name}`,
    );
  }
  const { classes } = layoutOf(description);
  if (classes < train.classes) {
    throw new RangeError(`${file}: last layer of ${classes} units, expected ${train.classes}, one per class`);
  }
  return description;
}

/** A data set's name as it may stand in a topic and in a model. */
export function taskName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, '-')
    .slice(0, 28);
}

/** @throws RangeError in one line when the file cannot be read or its sums do not fit */
export function readDescription(file: string): ModelDescription {
  try {
    const description = parseDescription(readFileSync(file, 'utf8'));
    weightMaxima(description); // refuses what no int32 sum could hold
    return description;
  } catch (error) {
    throw new RangeError(`${file}: ${(error as Error).message}`, { cause: error });
  }
}
