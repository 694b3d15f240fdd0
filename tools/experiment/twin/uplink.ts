/**
 * What a client sends in real numbers: which weights, and their values or differences (ZeroFL, section
 * 5). Nothing is coded, so nothing is rounded.
 * @module
 */
import { type LayerCounts, sendsValues, type TrainingMethod } from '../../../shared/model/method.js';
import { activePlaces, isSparse, type TwinLayer } from './layer.js';
import type { RealModel } from './model.js';
import { largestPlaces } from './select.js';

export interface RealDelta {
  /** ascending places in the layer's weights; 'all' = every weight */
  readonly positions: Uint32Array | 'all';
  readonly values: Float64Array; // one per position: differences, or trained values where the method sends those
  readonly biases: Float64Array; // differences
}

/** The deltas of a trained network against its base, layer by layer. */
export function deltasOf(
  twins: readonly TwinLayer[],
  base: RealModel,
  counts: readonly LayerCounts[],
  { uplink }: Pick<TrainingMethod, 'uplink'>,
): RealDelta[] {
  const isGlobal = uplink === 'global-top-k-weights';
  const chosen = isGlobal ? globalPlaces(twins, counts) : undefined;
  return twins.map((twin, index): RealDelta => {
    const { numbers, biases } = twin;
    const before = base.layers[index];
    const { sent } = counts[index];
    const change = numbers.map((number, i) => number - before.weights[i]);
    const from = sendsValues(uplink) ? numbers.slice() : change;
    const ofBiases = biases.map((bias, r) => bias - before.biases[r]);
    const isAll = chosen === undefined && sent === numbers.length;
    if (isAll) return { positions: 'all', values: from, biases: ofBiases };
    const positions = chosen?.[index] ?? placesOf(twin, change, sent, uplink);
    return { positions, values: Float64Array.from(positions, (place) => from[place]), biases: ofBiases };
  });
}

function placesOf(
  twin: TwinLayer,
  change: Float64Array,
  sent: number,
  uplink: TrainingMethod['uplink'],
): Uint32Array {
  if (uplink === 'mask' && isSparse(twin)) return activePlaces(twin);
  return largestPlaces(uplink === 'top-k-weights-diff' ? change : twin.numbers, sent);
}

/** The largest weights of the whole model; of equals those of lower layers, then of lower places. */
function globalPlaces(twins: readonly TwinLayer[], counts: readonly LayerCounts[]): Uint32Array[] {
  const lengths = twins.map(({ numbers }) => numbers.length);
  const all = new Float64Array(lengths.reduce((sum, length) => sum + length, 0));
  const starts = lengths.map((_, index) => lengths.slice(0, index).reduce((sum, length) => sum + length, 0));
  for (const [index, { numbers }] of twins.entries()) all.set(numbers, starts[index]);
  const chosen = largestPlaces(
    all,
    counts.reduce((sum, { sent }) => sum + sent, 0),
  );
  return starts.map((start, index) =>
    chosen.filter((place) => place >= start && place < start + lengths[index]).map((place) => place - start),
  );
}
