import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isTargetName } from '../../../shared/protocol/firmware.js';
import { targetOf } from '../../../tools/firmware/target.js';

const test = suite('firmware/target');

test('a build is named after its platform', () => {
  assert.equal(targetOf(['-d', '-m', '-p', 'esp32/m5stick_cplus', 'ssid=room']), ['m5stick-cplus']);
  assert.equal(targetOf(['-p', 'esp32']), ['esp32']);
});

test('a long name is cut to what an announcement can hold', () => {
  const [name] = targetOf(['-p', 'esp32/a_very_long_board_name']);
  assert.is(name, 'a-very-long-boa');
  assert.ok(isTargetName(name));
});

test('without a platform there is no name', () => {
  assert.equal(targetOf(['-m']), []);
  assert.equal(targetOf(['-m', '-p']), []);
});

test.run();
