/**
 * One layer with weights, ready to run in real numbers: its geometry, its weights and the list of the
 * active ones. Dense layers and convolutions are one thing: at each position a window reads `inputs`
 * values, and each row multiplies them by its weights. A dense layer has one position.
 * @module
 */
import { PLAIN, type Power } from '../../../shared/fixed/power.js';
import { channelsRead, type WeightedLayer } from '../../../shared/model/layout.js';
import { areaOf, fillPlaces, type Volume, type Window } from '../../../shared/model/volume.js';
import { largestPlaces } from './select.js';

/** What a window reads and where its result goes; see `fillPlaces`. */
export interface Geometry {
  readonly offsets: Int32Array; // [values of a window] from its base
  readonly bases: Int32Array; // [positions]
  readonly places: Int32Array; // [positions] in a plane of the output
}

export interface TwinLayer extends Geometry {
  readonly layer: WeightedLayer;
  readonly groups: number; // of rows that read the same window: the rows if depthwise, else 1
  readonly groupStep: number; // input places from one group to the next
  readonly numbers: Float64Array; // [outputs × inputs] what is trained
  readonly weights: Float64Array; // what is used: the numbers themselves or their powers
  readonly biases: Float64Array; // [outputs]
  readonly gradient: Float64Array; // [outputs × inputs] sum over a batch
  readonly biasGradient: Float64Array; // [outputs]
  readonly rowStarts: Int32Array; // [outputs + 1] of the active weights
  readonly columns: Int32Array; // [outputs × inputs] of which the first `active` are in use
  active: number;
}

export function twinLayer(layer: WeightedLayer, power: Power): TwinLayer {
  const { inputs, outputs, window, input, output, isDepthwise } = layer;
  const length = inputs * outputs;
  const numbers = new Float64Array(length);
  const dense: Geometry = {
    offsets: Int32Array.from({ length: inputs }, (_, c) => c),
    bases: new Int32Array(1),
    places: new Int32Array(1),
  };
  return {
    ...(window === undefined ? dense : windowGeometry(window, channelsRead(layer), input, output)),
    layer,
    groups: isDepthwise ? outputs : 1,
    groupStep: isDepthwise ? input.plane : 0,
    numbers,
    weights: power === PLAIN ? numbers : new Float64Array(length),
    biases: new Float64Array(outputs),
    gradient: new Float64Array(length),
    biasGradient: new Float64Array(outputs),
    rowStarts: new Int32Array(outputs + 1),
    columns: new Int32Array(length),
    active: length,
  };
}

export function windowGeometry(window: Window, channels: number, input: Volume, output: Volume): Geometry {
  const values = channels * areaOf(window);
  const positions = output.height * output.width;
  const table = new Uint16Array(values + 2 * positions);
  fillPlaces(table, 0, window, channels, input, output);
  const part = (from: number, length: number) => Int32Array.from(table.subarray(from, from + length));
  return {
    offsets: part(0, values),
    bases: part(values, positions),
    places: part(values + positions, positions),
  };
}

export function isSparse({ active, weights }: TwinLayer): boolean {
  return active < weights.length;
}

/** Makes the largest weights the active ones. */
export function selectActive(twin: TwinLayer): void {
  if (isSparse(twin)) adoptActive(twin, largestPlaces(twin.weights, twin.active));
}

/** Makes the weights at these places the active ones. @param places ascending, as many as `active` */
export function adoptActive({ rowStarts, columns, layer }: TwinLayer, places: Uint32Array): void {
  const { inputs, outputs } = layer;
  let k = 0;
  for (let r = 0; r < outputs; r++) {
    rowStarts[r] = k;
    for (; k < places.length && places[k] < (r + 1) * inputs; k++) columns[k] = places[k] - r * inputs;
  }
  rowStarts[outputs] = k;
}

/** The places of the active weights, ascending. */
export function activePlaces({ rowStarts, columns, layer, active }: TwinLayer): Uint32Array {
  const places = new Uint32Array(active);
  for (let r = 0; r < layer.outputs; r++) {
    for (let k = rowStarts[r]; k < rowStarts[r + 1]; k++) places[k] = r * layer.inputs + columns[k];
  }
  return places;
}

/** Makes the weights anew from the numbers: sign · |number|^(power / 4). */
export function raise({ numbers, weights }: TwinLayer, power: Power): void {
  if (power === PLAIN) return;
  for (let i = 0; i < weights.length; i++) weights[i] = raised(numbers[i], power);
}

export function raised(number: number, power: Power): number {
  return Math.sign(number) * Math.abs(number) ** (power / 4);
}
