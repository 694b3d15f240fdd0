import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Light } from '../../../../firmware/ports/moddable/light.js';
import type { Clock } from '../../../../firmware/ports/ports.js';

const test = suite('moddable/light');

/** Time goes on by hand. */
class HandClock implements Clock {
  #ms = 0;
  #waiting: { readonly atMs: number; readonly callback: () => void }[] = [];

  get timers(): number {
    return this.#waiting.length;
  }

  nowMs(): number {
    return this.#ms;
  }

  after(delayMs: number, callback: () => void) {
    const timer = { atMs: this.#ms + delayMs, callback };
    this.#waiting.push(timer);
    return {
      cancel: () => {
        this.#waiting = this.#waiting.filter((one) => one !== timer);
      },
    };
  }

  pass(ms: number): void {
    const untilMs = this.#ms + ms;
    for (;;) {
      const [next] = this.#waiting.filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs);
      if (next === undefined) break;
      this.#waiting = this.#waiting.filter((one) => one !== next);
      this.#ms = next.atMs;
      next.callback();
    }
    this.#ms = untilMs;
  }
}

function lit() {
  const clock = new HandClock();
  const shown: number[] = [];
  return { clock, shown, light: new Light({ show: (colour) => void shown.push(colour) }, clock) };
}

test('a state without a rest shines on', () => {
  const { clock, shown, light } = lit();
  light.show('training');
  clock.pass(10_000);
  assert.equal(shown, [0x00ff00]);
  assert.is(clock.timers, 0);
});

test('the others turn on and off', () => {
  const { clock, shown, light } = lit();
  light.show('joining');
  clock.pass(1600);
  assert.equal(shown, [0xff8000, 0, 0xff8000, 0]);
});

test('a new state ends the rhythm of the last one, the same one goes on with it', () => {
  const { clock, shown, light } = lit();
  light.show('failed');
  clock.pass(100);
  light.show('failed');
  light.show('stopped');
  clock.pass(5000);
  assert.equal(shown, [0xff0000, 0]);
  assert.is(clock.timers, 0);
});

test.run();
