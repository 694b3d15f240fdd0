/**
 * Stands for the SDK's module `timer`.
 * Source of the interface: Moddable SDK, documentation/base/base.md, class Timer.
 * @module
 */
import { machine, type Pending } from './machine.js';

type Callback = (timer: Pending) => void;

const Timer = {
  set(run: Callback, delayMs = 0, repeatMs = 0): Pending {
    const timer = { dueMs: 0, repeatMs, run };
    machine().schedule(timer, delayMs);
    return timer;
  },

  repeat(run: Callback, repeatMs: number): Pending {
    return Timer.set(run, repeatMs, repeatMs);
  },

  schedule(timer: Pending, delayMs: number, repeatMs = 0): void {
    timer.repeatMs = repeatMs;
    machine().schedule(timer, delayMs);
  },

  clear(timer: Pending | undefined | null): void {
    if (timer) machine().cancel(timer);
  },
};

export default Timer;
