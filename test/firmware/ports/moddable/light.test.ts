import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Light } from '../../../../firmware/ports/moddable/light.js';
import { HandClock } from './handclock.js';

const test = suite('moddable/light');

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
