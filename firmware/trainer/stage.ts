/**
 * Work as a flat list of stages: each is what one kernel does for one layer, in units of rows, places or examples.
 * The list is made once for a network. Going through it makes no object and no generator, since on XS either costs
 * more than calling a kernel. It may stop between two pieces and goes on from there; no bit depends on where.
 * @module
 */

import type { Pace } from '../../shared/masks/pace.js';
import type { Network } from './network.js';

/** The examples that a list of stages works on. */
export interface Batch {
  readonly network: Network;
  readonly lanes: number; // how many they are
  readonly unitMacs: number; // of a unit of a stage whose work depends on the batch
}

export interface Stage<B extends Batch, P = unknown> {
  /** Does units from to to - 1; it is called in their order, beginning with 0. */
  run(batch: B, places: P, from: number, to: number): void;
  readonly places: P;
  readonly units: number; // 0 = one for each example
  readonly unitMacs: number; // for one example; 0 = what the batch says, for all
  readonly macs: number; // of all units for one example; 0 = what the batch says
}

/**
 * A stage of a list.
 * @param units    into which it can be divided; 0 = one for each example
 * @param unitMacs work of a unit for one example, in multiply-accumulates; 0 = what the batch says, for all
 */
export function stage<B extends Batch, P>(
  run: (batch: B, places: P, from: number, to: number) => void,
  places: P,
  units: number,
  unitMacs: number,
): Stage<B> {
  return { run, places, units, unitMacs, macs: Math.max(1, units) * unitMacs } as Stage<B>;
}

export class Stages<B extends Batch> {
  readonly #batch: B;
  readonly #stages: readonly Stage<B>[];
  readonly #pace: Pace;
  #next = 0; // stage to go on with
  #from = 0; // and its unit

  constructor(batch: B, stages: readonly Stage<B>[], pace: Pace) {
    this.#batch = batch;
    this.#stages = stages;
    this.#pace = pace;
  }

  /** Goes on till a pause is due. @returns whether all is done; the next run then begins anew */
  run(): boolean {
    const batch = this.#batch;
    const stages = this.#stages;
    const pace = this.#pace;
    const { lanes } = batch;
    const { length } = stages;
    const most = 2 * pace.pieceMacs; // between two pauses
    const start = most - pace.pieceMacs + pace.room;
    let room = start;
    let from = this.#from;
    for (let i = this.#next; i < length; i++) {
      const next = stages[i];
      const macs = next.macs * lanes;
      if (macs > 0 && macs <= room && from === 0) {
        next.run(batch, next.places, 0, next.units === 0 ? lanes : next.units); // most stages, most of the time
        room -= macs;
        continue;
      }
      let { units, unitMacs } = next;
      if (units === 0) units = lanes;
      else unitMacs *= lanes;
      if (unitMacs === 0) unitMacs = batch.unitMacs;
      while (from < units) {
        let to = units;
        if ((to - from) * unitMacs > room) {
          to = from + Math.floor(room / unitMacs);
          if (to <= from) {
            if (room < most) return this.#pause(i, from, start - room);
            to = from + 1; // it may be more than a slice
          }
        }
        next.run(batch, next.places, from, to);
        room -= (to - from) * unitMacs;
        from = to;
      }
      from = 0;
    }
    if (room < pace.pieceMacs) return this.#pause(length, 0, start - room); // what follows asks the pace after a piece
    this.#next = 0;
    this.#from = 0;
    pace.isDue(start - room);
    return true;
  }

  #pause(next: number, from: number, macs: number): false {
    this.#next = next;
    this.#from = from;
    this.#pace.isDue(macs);
    return false;
  }
}
