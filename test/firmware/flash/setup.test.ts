import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FlashSetup } from '../../../firmware/flash/setup.js';
import type { Setup } from '../../../firmware/ports/ports.js';
import { Random } from '../../../shared/fixed/random.js';
import { NorChip, PowerLoss, SECTOR_BYTES, TEARS } from '../../../tools/emulator/chip.js';

const test = suite('flash setup');

const HOME: Setup = {
  device: 'esp32-a1b2c3d4e5f6',
  ssid: 'Bäckerei 🌱',
  password: 'p%C3 "~',
  broker: '192.168.1.10:1883',
  task: 'digits',
  code: 'plum-pear',
  last: '192.168.100.100:18833',
};
const OFFICE: Setup = { ssid: 'office', password: '' };

test('what a person said comes back in the next life, and what nobody said is not set', () => {
  const chip = new NorChip(2 * SECTOR_BYTES);
  assert.equal(new FlashSetup(chip).load(), {});
  for (const setup of [HOME, OFFICE, {}, HOME]) {
    new FlashSetup(chip).save(setup);
    assert.equal(new FlashSetup(chip).load(), setup);
  }
});

test('power cut anywhere in a save leaves the old setup or the new one', () => {
  let cuts = 0;
  for (const saves of [1, 11]) {
    const chip = new NorChip(2 * SECTOR_BYTES);
    for (let i = 0; i < saves; i++) new FlashSetup(chip).save(HOME); // the next one after 11 erases a sector
    for (let at = 0; ; at++) {
      const cut = chip.copy();
      cut.cutAfter({ steps: at, tear: TEARS[at % TEARS.length], random: new Random(at) });
      try {
        new FlashSetup(cut).save(OFFICE);
        break;
      } catch (error) {
        assert.instance(error, PowerLoss);
      }
      cuts += 1;
      cut.powerOn();
      const { ssid } = new FlashSetup(cut).load();
      assert.ok(ssid === HOME.ssid || ssid === OFFICE.ssid, `cut after ${at} steps: ${ssid}`);
      new FlashSetup(cut).save(OFFICE);
      assert.equal(new FlashSetup(cut).load(), OFFICE);
    }
  }
  assert.is(cuts, 2 * (16 + 2 + 6 + 2) + 1);
});

test('a field that is too long is refused and nothing is lost', () => {
  const store = new FlashSetup(new NorChip(2 * SECTOR_BYTES));
  store.save(HOME);
  assert.throws(() => store.save({ ssid: 'ä'.repeat(17) }), /ssid of 34 bytes, expected at most 32/);
  assert.equal(store.load(), HOME);
  const longest = {
    password: 'p'.repeat(64),
    broker: 'b'.repeat(96),
    ssid: 'ä'.repeat(16),
    code: 'c'.repeat(64),
  };
  store.save({ ...longest, device: 'd'.repeat(23), task: 't'.repeat(32) });
  assert.is(store.load().broker, longest.broker);
});

test.run();
