/**
 * The round's mask, the same for all boards: the largest weights of the base model and, in rounds that
 * revise it, a part grown at random among the others. Everybody makes it from the model and a seed,
 * so it costs no byte on the wire. Between two revisions the base holds 0 outside its mask, so the
 * mask is what is not 0.
 * Source: the common mask of FLASH (Babakniya et al. 2023) and SSFL; random growth as in SET (Mocanu
 * et al. 2018).
 * @module
 */
import { mix, Random } from '../fixed/random.js';
import { bitmapBytes, readPositions, setPositions } from '../masks/bitmap.js';
import type { Pace } from '../masks/pace.js';
import type { LayerCounts, TrainingMethod } from './method.js';
import type { ModelSource } from './model.js';
import { type ChoiceMemory, largestWeights } from './reference.js';

/** Fraction bits of a plan's growth. */
export const GROWTH_BITS = 16;

/** Draws between two yields, and the work of one, in multiply-accumulates. */
const DRAWS = 256;
const DRAW_MACS = 4;

/** What a mask is made from, beside the model. */
export interface MaskTerms {
  readonly method: Pick<TrainingMethod, 'growth'>;
  readonly layers: readonly LayerCounts[];
  readonly taskSeed: number;
  readonly round: number;
}

/** The mask of a layer, ascending, as many places as the plan's `active`. Yields work. */
export function* maskOf(
  source: ModelSource,
  index: number,
  { method, layers, taskSeed, round }: MaskTerms,
  pace: Pace,
  memory?: ChoiceMemory,
): Generator<number, Uint32Array> {
  const { active } = layers[index];
  const { length } = source.head.layout.layers[index].weights;
  const grown = Math.floor((active * method.growth) / 2 ** GROWTH_BITS);
  const largest = yield* largestWeights(source, index, active - grown, pace, memory);
  if (grown === 0 || active === length) return active === length ? everyPlace(length) : largest;
  const random = new Random([round, index].reduce(mix, taskSeed));
  const bitmap = new Uint8Array(bitmapBytes(length));
  setPositions(bitmap, largest);
  let drawn = 0;
  for (let left = grown; left > 0; drawn++) {
    const place = random.below(length);
    const bit = 1 << (place & 7);
    if ((bitmap[place >> 3] & bit) === 0) {
      bitmap[place >> 3] |= bit;
      left--;
    }
    if (drawn % DRAWS === 0 && pace.isDue(DRAWS * DRAW_MACS)) yield pace.take();
  }
  const mask = new Uint32Array(active);
  readPositions(mask, bitmap);
  return mask;
}

function everyPlace(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, place) => place);
}
