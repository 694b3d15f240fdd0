/**
 * Euclidean norms of one example's errors and inputs: what gradient clipping compares.
 * @module
 */
import { squareRootWide } from '../../shared/fixed/bits.js';
import { overlapOf, storedOf } from '../../shared/model/volume.js';
import type { Network } from './network.js';
import type { LayerPlaces } from './places.js';

/** Norm of the errors of a layer's outputs, over all positions. */
export function errorNorm(network: Network, places: LayerPlaces, lanes: number, lane: number): number {
  const { i16, arena } = network;
  const at = (arena.errors.offset >> 1) + lane;
  const stored = storedOf(places.layer.output);
  let sum = 0;
  for (let i = 0; i < stored; i++) sum += i16[at + i * lanes] * i16[at + i * lanes];
  return squareRootWide(sum);
}

/**
 * Norm of the inputs that the weight gradient uses; for a convolution the root mean square over its
 * positions of the norm of what a window reads.
 *
 * errorNorm · inputNorm is the norm of a dense layer's gradient of one example. For a convolution it is what
 * the sum over positions has when their gradients have no direction in common; the bound, larger by the
 * square root of the positions, measured 2.7 times the norm itself on speech12 and this 0.8 times.
 *
 * @param kept columns in the list `kept` of a dense layer; all = the fan-in
 * @param isMarked only the inputs in `marks` of a convolution are used
 */
export function inputNorm(
  network: Network,
  { inputs, inputsAt, layer }: LayerPlaces,
  kept: number,
  isMarked: boolean,
  lanes: number,
  lane: number,
): number {
  const { u8, u16, arena } = network;
  const keptAt = arena.kept.offset >> 1;
  const marksAt = arena.marks.offset;
  const at = inputsAt + lane;
  let sum = 0;
  if (layer.window === undefined) {
    for (let k = 0; k < kept; k++) {
      const x = inputs[at + (kept === layer.inputs ? k : u16[keptAt + k]) * lanes];
      sum += x * x;
    }
    return squareRootWide(sum);
  }
  const stored = storedOf(layer.input);
  for (let i = 0; i < stored; i++) {
    if (isMarked && u8[marksAt + i] === 0) continue;
    const x = inputs[at + i * lanes];
    sum += x * x;
  }
  return squareRootWide(Math.floor((sum * overlapOf(layer.window)) / layer.positions));
}
