/**
 * Euclidean norms of one example's errors and inputs: what gradient clipping compares.
 * @module
 */
import { squareRoot } from '../../shared/fixed/bits.js';
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
  return rootOf(sum);
}

/**
 * Norm of the inputs that the weight gradient uses.
 *
 * By the Cauchy–Schwarz inequality errorNorm · inputNorm bounds the gradient of one example, Σ over the
 * positions of error · inputs, where a convolution counts an input once for each window that reads it.
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
    return rootOf(sum);
  }
  const stored = storedOf(layer.input);
  for (let i = 0; i < stored; i++) {
    if (isMarked && u8[marksAt + i] === 0) continue;
    const x = inputs[at + i * lanes];
    sum += x * x;
  }
  return rootOf(sum * overlapOf(layer.window));
}

/** floor(sqrt(x)), with the low bits 0 above 2^31. @param x an integer below 2^52 */
function rootOf(x: number): number {
  let square = x;
  let scale = 1;
  for (; square > 0x7fffffff; scale *= 2) square = Math.floor(square / 4);
  return squareRoot(square) * scale;
}
