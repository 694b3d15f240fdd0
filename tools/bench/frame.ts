/**
 * What the parts of real update frames cost.
 * @module
 */
import { biasBitsOf } from '../../shared/model/delta.js';
import { layoutOf, type ModelLayout } from '../../shared/model/layout.js';
import { decodeFrameHeader, FRAME_HEADER_BYTES } from '../../shared/protocol/frame.js';
import { numberBytes } from '../../shared/protocol/numbers.js';
import type { Update } from '../../shared/protocol/update.js';
import type { SimulationSettings } from '../experiment/rounds.js';
import { simulate } from '../experiment/simulation.js';

/** Means over frames. */
export interface FrameCost {
  readonly bytes: number; // whole
  readonly positions: number; // of layers that do not send all their weights
  readonly positionBits: number; // all bytes of theirs
  readonly entropyBits: number; // of masks as dense as these, each layer by itself
}

/** Of the updates of rounds `from` to `to`; later rounds are not run. */
export function frameCosts(settings: SimulationSettings, from: number, to: number): FrameCost {
  const layout = layoutOf(settings.description);
  const costs: FrameCost[] = [];
  const run = simulate(settings, (round, frame, update) => {
    if (round >= from) costs.push(costOf(frame, update, layout));
  });
  for (let round = 1; round <= to; round++) run.next();
  const mean = (of: (cost: FrameCost) => number) =>
    costs.reduce((sum, cost) => sum + of(cost), 0) / costs.length;
  return {
    bytes: mean(({ bytes }) => bytes),
    positions: mean(({ positions }) => positions),
    positionBits: mean(({ positionBits }) => positionBits),
    entropyBits: mean(({ entropyBits }) => entropyBits),
  };
}

function costOf(frame: Uint8Array, { layers, valueBits }: Update, layout: ModelLayout): FrameCost {
  let rest = frame.length - FRAME_HEADER_BYTES - decodeFrameHeader('update', frame).headBytes;
  let positions = 0;
  let entropyBits = 0;
  for (const [i, { values, biases, positions: sent }] of layers.entries()) {
    rest -= numberBytes(values.length, valueBits) + numberBytes(biases.length, biasBitsOf(valueBits));
    if (sent === 'all') continue;
    positions += sent.length;
    entropyBits += entropyOf(layout.layers[i].weights.length, sent.length);
  }
  return { bytes: frame.length, positions, positionBits: 8 * rest, entropyBits };
}

/** In bits, of a mask with `count` of n places. */
function entropyOf(n: number, count: number): number {
  const p = count / n;
  return p === 0 || p === 1 ? 0 : -n * (p * Math.log2(p) + (1 - p) * Math.log2(1 - p));
}
