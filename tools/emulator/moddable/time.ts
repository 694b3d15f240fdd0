/**
 * Stands for the SDK's module `time`. Ticks turn over as on a chip: signed, 32 bits.
 * Source of the interface: Moddable SDK, documentation/base/base.md, class Time.
 * @module
 */
import { FROM_BOARD } from './kinds.js';
import { machine } from './machine.js';

function ticks(): number {
  return Math.floor(machine().nowMs()) | 0;
}

const Time = {
  get ticks(): number {
    return ticks();
  },

  delta(start: number, end: number = ticks()): number {
    return (end - start) | 0;
  },

  set(seconds: number): void {
    machine().host.send(FROM_BOARD.setTime, seconds);
  },
};

export default Time;
