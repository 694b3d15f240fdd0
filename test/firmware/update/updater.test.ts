import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { TRIAL_BOOTS } from '../../../firmware/update/updater.js';
import { Random } from '../../../shared/fixed/random.js';
import { FirmwareFlash } from '../../../tools/emulator/bootloader.js';
import { SECTOR_BYTES, TEARS } from '../../../tools/emulator/chip.js';
import { makeKey } from '../../../tools/firmware/signature.js';
import {
  boardWith,
  type Life,
  live,
  NEW,
  newImage,
  OLD,
  oldImage,
  published,
  type Retained,
  run,
  settle,
  signed,
} from './life.js';

const test = suite('firmware update');

const SLOT_BYTES = 20 * SECTOR_BYTES;
const everybody = () => true;
const onlyOld = (version: number) => version === OLD;

const versions = (lives: readonly Life[]) => lives.map(({ booted }) => booted?.version);
const words = (lives: readonly Life[]) => lives.flatMap(({ lines }) => lines).join('\n');

for (const bytes of [100, 32_768, 32_769, 70_001]) {
  test(`signed firmware of ${bytes} bytes is fetched, runs, joins and stays`, () => {
    const flash = boardWith(oldImage(4000), SLOT_BYTES);
    const image = newImage(bytes);
    const lives = settle(flash, published(signed(image), image), everybody);
    assert.equal(versions(lives), [OLD, NEW]);
    assert.match(words(lives), /firmware 0\.2\.0 works/);
    assert.equal(versions(settle(flash, new Map(), everybody)), [NEW]);
  });
}

test('the next update goes to the slot of the first firmware', () => {
  const flash = boardWith(oldImage(4000), SLOT_BYTES);
  for (let i = 1; i <= 6; i++) {
    const image = newImage(5000, OLD + i);
    const lives = settle(flash, published(signed(image, OLD + i), image), everybody);
    assert.equal(versions(lives), [OLD + i - 1, OLD + i]);
    assert.is(lives[1].booted?.slot, i % 2);
  }
});

test('firmware that never joins gets its boots, then the board goes back and does not try it again', () => {
  const flash = boardWith(oldImage(4000), SLOT_BYTES);
  const image = newImage(6000);
  const lives = settle(flash, published(signed(image), image), onlyOld);
  // the update, the boots of the trial, the one that gives it back, and the old firmware
  assert.equal(versions(lives), [OLD, ...new Array(TRIAL_BOOTS + 1).fill(NEW), OLD]);
  assert.match(words(lives), /0\.2\.0 failed: not joined in 3 boots, back/);
  assert.match(words(lives), /0\.2\.0 refused: it did not work before/);
  const better = newImage(6000, NEW + 1);
  assert.equal(versions(settle(flash, published(signed(better, NEW + 1), better), everybody)), [
    OLD,
    NEW + 1,
  ]);
});

test('firmware that joins in its last boot stays', () => {
  const flash = boardWith(oldImage(4000), SLOT_BYTES);
  const image = newImage(6000);
  let boots = 0;
  const lives = settle(
    flash,
    published(signed(image), image),
    (version) => version === OLD || ++boots === TRIAL_BOOTS,
  );
  assert.equal(versions(lives), [OLD, NEW, NEW, NEW]);
});

/** Offers something bad; the old firmware must run on, and a right update must still be taken. */
function refuses(retained: Retained, why: RegExp): FirmwareFlash {
  const flash = boardWith(oldImage(4000), SLOT_BYTES);
  const before = flash.chip.steps;
  const lives = settle(flash, retained, everybody);
  assert.equal(versions(lives), [OLD]);
  assert.match(words(lives), why);
  assert.equal(versions(settle(flash, new Map(), everybody)), [OLD]);
  if (/refused/.test(why.source)) assert.is(flash.chip.steps, before, 'flash was not touched');
  const image = newImage(5000, NEW + 1);
  assert.equal(versions(settle(flash, published(signed(image, NEW + 1), image), everybody)), [OLD, NEW + 1]);
  return flash;
}

test('a wrong signature leaves the old firmware running, and flash untouched', () => {
  const image = newImage(5000);
  const right = signed(image);
  const changed = right.signature.slice();
  changed[40] ^= 1;
  const zeros = new Uint8Array(64);
  const ones = new Uint8Array(64).fill(0xff);
  for (const signature of [changed, zeros, ones, right.signature.slice().reverse()]) {
    refuses(published({ ...right, signature }, image), /0\.2\.0 refused: signature/);
  }
  refuses(published(signed(image, NEW, makeKey()), image), /refused: signature/); // of a stranger
});

test('whatever was changed after signing is refused', () => {
  const image = newImage(5000);
  const right = signed(image);
  const digest = right.digest.slice();
  digest[0] ^= 1;
  for (const change of [{ version: NEW + 1 }, { imageBytes: 4999 }, { digest }, { target: 'm5stick' }]) {
    refuses(published({ ...right, ...change }, image), /refused: (signature|for m5stick)/);
  }
});

test('an image that is not the signed one leaves the old firmware running', () => {
  const image = newImage(40_000);
  const other = image.slice();
  other[39_000] ^= 1;
  refuses(published(signed(image), other), /not used: the image is not what was signed/);
});

test('a truncated image leaves the old firmware running', () => {
  const image = newImage(70_000);
  for (const length of [1, 20_000, 32_768, 65_536, 69_999]) {
    const flash = boardWith(oldImage(4000), SLOT_BYTES);
    const retained = published(signed(image), image.subarray(0, length));
    assert.equal(versions(settle(flash, retained, everybody)), [OLD], `${length} bytes`);
    assert.equal(versions(settle(flash, published(signed(image), image), everybody)), [OLD, NEW]);
  }
});

test('parts that are damaged, of another version or in another place are not taken', () => {
  const image = newImage(70_000);
  const right = published(signed(image), image);
  const topics = [...right.keys()];
  const older = newImage(70_000, OLD);
  const damaged = right.get(topics[2])!.slice();
  damaged[12_345] ^= 4;
  const bad = [damaged, right.get(topics[1])!, published(signed(older, OLD), older).get(topics[2])!];
  for (const part of [...bad, right.get(topics[2])!.subarray(0, 20), new Uint8Array(40_000)]) {
    const flash = boardWith(oldImage(4000), SLOT_BYTES);
    assert.equal(versions(settle(flash, new Map(right).set(topics[2], part), everybody)), [OLD]);
    assert.equal(versions(settle(flash, right, everybody)), [OLD, NEW]);
  }
});

test('the same or an older version, and an image too large for the slot, are not fetched', () => {
  for (const version of [OLD, OLD - 1]) {
    const image = newImage(5000, version);
    const flash = boardWith(oldImage(4000), SLOT_BYTES);
    assert.equal(versions(settle(flash, published(signed(image, version), image), everybody)), [OLD]);
  }
  const image = newImage(SLOT_BYTES + 1);
  refuses(published(signed(image), image), /refused: 81921 bytes, expected at most 81920/);
});

test('firmware that was built with a lower number than it was signed with is fetched once', () => {
  const flash = boardWith(oldImage(4000), SLOT_BYTES);
  const image = newImage(5000, OLD);
  const lives = settle(flash, published(signed(image, NEW), image), everybody);
  assert.equal(versions(lives), [OLD, OLD]);
  assert.match(words(lives), /0\.2\.0 refused: it runs already, and calls itself 0\.1\.0/);
});

test('an image that the boot loader does not take is given up', () => {
  const flash = boardWith(oldImage(4000), SLOT_BYTES);
  const broken = newImage(5000);
  broken[4999] ^= 1; // signed as it is, but its own hash is wrong
  const lives = settle(flash, published(signed(broken), broken), everybody);
  assert.equal(versions(lives), [OLD, OLD]);
  assert.match(words(lives), /0\.2\.0 failed: the boot loader does not take it/);
});

/**
 * Cuts the power after so many steps of a whole update, over as many lives as it takes, then lets the
 * board live on undisturbed. @returns lives after the cut, or undefined when there was none
 */
function cutAfter(
  worn: FirmwareFlash,
  steps: number,
  retained: Retained,
  joins: (version: number) => boolean,
): Life[] | undefined {
  const flash = new FirmwareFlash(SLOT_BYTES, worn.chip.copy());
  flash.chip.cutAfter({ steps, tear: TEARS[steps % TEARS.length], random: new Random(steps) });
  for (let life = run(flash, retained, joins); life.end !== 'power'; life = run(flash, retained, joins)) {
    if (life.end === 'idle') return undefined;
  }
  return settle(flash, retained, joins);
}

for (const [what, joins, last] of [
  ['good firmware', everybody, NEW],
  ['firmware that never joins', onlyOld, OLD],
] as const) {
  test(`power cut at every write and erase of an update to ${what} never leaves a board without whole firmware`, () => {
    const worn = boardWith(oldImage(40), SLOT_BYTES);
    const image = newImage(300);
    const retained = published(signed(image), image);
    let cuts = 0;
    for (let steps = 0; ; steps++) {
      const lives = cutAfter(worn, steps, retained, joins);
      if (lives === undefined) break;
      cuts += 1;
      assert.ok(
        lives.every(({ booted }) => booted !== undefined),
        `dead after ${steps} steps`,
      );
      assert.is(lives.at(-1)?.booted?.version, last, `after ${steps} steps`);
    }
    assert.ok(cuts > image.length + 50, `${cuts} cut points`);
  });
}

test('power cut here and there in an update of three parts ends well, too', () => {
  const worn = boardWith(oldImage(40), SLOT_BYTES);
  const image = newImage(70_000);
  const retained = published(signed(image), image);
  for (let steps = 0; steps < 70_000; steps += 7001) {
    assert.is(
      cutAfter(worn, steps, retained, everybody)?.at(-1)?.booted?.version,
      NEW,
      `after ${steps} steps`,
    );
  }
});

test('while firmware is on trial nothing is fetched: the other slot is the way back', () => {
  const flash = boardWith(oldImage(4000), SLOT_BYTES);
  const image = newImage(5000);
  live(flash, published(signed(image), image), everybody);
  const newer = newImage(5000, NEW + 1);
  const retained = published(signed(newer, NEW + 1), newer);
  const lives = settle(flash, retained, onlyOld);
  assert.equal(versions(lives).slice(0, TRIAL_BOOTS + 2), [...new Array(TRIAL_BOOTS + 1).fill(NEW), OLD]);
});

test.run();
