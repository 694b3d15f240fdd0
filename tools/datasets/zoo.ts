/**
 * The networks of the zoo, each with the input of the data set that it is for.
 * @module
 */
import type { ModelDescription } from '../../shared/model/description.js';
import { denseModel, imageModel, speechModel } from '../../shared/model/zoo.js';

const FASHION = { shape: [14, 14], type: 'uint8', exp: -8 } as const;

/** From the smallest to the largest. */
export const ZOO: readonly ModelDescription[] = [
  denseModel('digits', { shape: [8, 8], type: 'uint8', exp: -4 }, 10),
  denseModel('fashion14', FASHION, 10),
  imageModel('fashion14', FASHION, 10),
  speechModel('speech12', { shape: [40, 25], type: 'int8', exp: -5 }, 12),
];
