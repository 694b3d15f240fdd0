import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Cost, Slices } from '../../../firmware/federation/slices.js';
import type { Clock } from '../../../firmware/ports/ports.js';

const test = suite('slices');

/** A clock that moves only when told to. */
class HandClock implements Clock {
  #now = 0;
  #due: (() => void)[] = [];

  nowMs(): number {
    return this.#now;
  }

  after(_delayMs: number, callback: () => void) {
    this.#due.push(callback);
    return {
      cancel: () => {
        this.#due = this.#due.filter((due) => due !== callback);
      },
    };
  }

  /** One turn of the event loop. @returns whether anything was due */
  turn(): boolean {
    this.#now += 10;
    const due = this.#due;
    this.#due = [];
    for (const callback of due) callback();
    return due.length > 0;
  }
}

function* steps(sizes: readonly number[], done: number[]): Generator<number, string> {
  for (const size of sizes) {
    done.push(size);
    yield size;
  }
  return 'result';
}

test('small steps share a slice up to the budget, a large one ends its slice', () => {
  const clock = new HandClock();
  const done: number[] = [];
  const costs: Cost[] = [];
  const sizes = [10, 10, 10, 10, 10, 200, 10, 10];
  new Slices(clock, steps(sizes, done), 40, {
    onDone: (_, cost) => costs.push(cost),
    onFailed: (error) => assert.unreachable(String(error)),
  });
  const perTurn: number[] = [];
  for (let before = 0; clock.turn(); before = done.length) perTurn.push(done.length - before);
  assert.equal(perTurn, [4, 2, 2]);
  assert.equal(costs, [{ slices: 3, ms: 30, longestMs: 0 }]);
});

test('nothing runs before the first turn or after a cancel', () => {
  const clock = new HandClock();
  const done: number[] = [];
  const slices = new Slices(clock, steps([5, 5, 5], done), 1, {
    onDone: () => assert.unreachable(),
    onFailed: () => assert.unreachable(),
  });
  assert.is(done.length, 0);
  clock.turn();
  assert.is(done.length, 1);
  slices.cancel();
  assert.not(clock.turn());
  assert.is(done.length, 1);
});

test('work that throws is reported, once', () => {
  const clock = new HandClock();
  const errors: unknown[] = [];
  const failing = (function* (): Generator<number, void> {
    yield 1;
    throw new RangeError('no room');
  })();
  new Slices(clock, failing, 1, {
    onDone: () => assert.unreachable(),
    onFailed: (error) => errors.push(error),
  });
  while (clock.turn());
  assert.is(errors.length, 1);
  assert.match(String(errors[0]), 'no room');
});

test.run();
