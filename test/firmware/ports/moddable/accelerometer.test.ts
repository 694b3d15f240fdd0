import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Accelerometer, type Imu } from '../../../../firmware/ports/moddable/accelerometer.js';
import { HandClock } from './handclock.js';

const test = suite('moddable/accelerometer');

const STEPS = 4096; // of 1 g in a range of 8 g
const log = { line() {} };

function imuOf(x: number, y: number, z: number): Imu {
  return { sample: () => ({ accelerometer: { x, y, z } }) };
}

test('values are those of the sensor register, from which the SDK made them', () => {
  const clock = new HandClock();
  const raw = [1, -32768, 12345];
  const [x, y, z] = raw.map((value) => value * (8 / 32768));
  const sensor = new Accelerometer({ imu: imuOf(x, y, z), steps: STEPS, hertz: 50, clock, log });
  const seen: number[][] = [];
  sensor.start((values) => seen.push([...values]));
  clock.pass(20);
  assert.equal(seen, [raw]);
});

test('samples come at their rate, and what there was no time for is left out', () => {
  const clock = new HandClock();
  const sensor = new Accelerometer({ imu: imuOf(0, 0, 1), steps: STEPS, hertz: 50, clock, log });
  const at: number[] = [];
  sensor.start(() => at.push(clock.nowMs()));
  clock.pass(60);
  clock.block(130); // as training does: 80, 100, … 180 are gone
  clock.pass(60);
  assert.equal(at, [20, 40, 60, 190, 200, 220, 240]);
});

test('none comes after stop, and it may start again', () => {
  const clock = new HandClock();
  const sensor = new Accelerometer({ imu: imuOf(0, 0, 1), steps: STEPS, hertz: 10, clock, log });
  let count = 0;
  const onSample = () => {
    count += 1;
    sensor.stop();
  };
  sensor.start(onSample);
  clock.pass(1000);
  assert.is(count, 1);
  assert.is(clock.timers, 0);
  sensor.stop();
  sensor.start(onSample);
  clock.pass(1000);
  assert.is(count, 2);
});

test('a sensor that fails once goes on', () => {
  const clock = new HandClock();
  const said: string[] = [];
  let count = 0;
  const imu: Imu = {
    sample() {
      count += 1;
      if (count === 1) throw new Error('bus');
      return { accelerometer: { x: 0, y: 0, z: 1 } };
    },
  };
  const told = { line: (text: string) => void said.push(text) };
  const sensor = new Accelerometer({ imu, steps: STEPS, hertz: 50, clock, log: told });
  let samples = 0;
  sensor.start(() => {
    samples += 1;
  });
  clock.pass(60);
  assert.is(samples, 2);
  assert.equal(said, ['accelerometer: Error bus']);
});

test('a rate that it cannot keep is refused', () => {
  const options = { imu: imuOf(0, 0, 0), steps: STEPS, clock: new HandClock(), log };
  assert.throws(() => new Accelerometer({ ...options, hertz: 1000 }), /hertz 1000, expected 1 to 200/);
  assert.throws(() => new Accelerometer({ ...options, hertz: Number.NaN }), /hertz NaN/);
});

test.run();
