import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../../shared/fixed/random.js';
import { ProtocolError } from '../../../shared/protocol/error.js';
import { FRAME_CASES, fixChecksum, isSameBytes } from './samples.js';

const test = suite('protocol/hostile');
const MUTATIONS = 20000; // of each kind of frame
const isProtocolError = (e: unknown) => e instanceof ProtocolError && e.message.length > 0;

for (const { name, frame, decode, peek } of FRAME_CASES) {
  const recode = (bytes: Uint8Array) => decode(bytes)();

  test(`${name}: decoded and encoded again gives the same bytes`, () => {
    const random = new Random(1);
    for (let trial = 0; trial < 300; trial++) {
      const bytes = frame(random);
      assert.ok(isSameBytes(recode(bytes), bytes));
    }
  });

  test(`${name}: a part of a frame and a frame with more behind it are refused`, () => {
    const random = new Random(2);
    for (let trial = 0; trial < 5; trial++) {
      const bytes = frame(random);
      for (let length = 0; length < bytes.length; length++) {
        assert.throws(() => recode(bytes.slice(0, length)), isProtocolError);
      }
      for (const more of [1, 4, 100]) {
        const longer = new Uint8Array(bytes.length + more);
        longer.set(bytes);
        assert.throws(() => recode(longer), isProtocolError);
      }
    }
  });

  test(`${name}: any flipped bit is refused`, () => {
    const bytes = frame(new Random(3));
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      bytes[bit >> 3] ^= 1 << (bit & 7);
      assert.throws(() => recode(bytes), isProtocolError);
      bytes[bit >> 3] ^= 1 << (bit & 7);
    }
    assert.ok(isSameBytes(recode(bytes), bytes));
  });

  test(`${name}: a frame inside a pool gives the same, whatever lies beside it`, () => {
    const random = new Random(4);
    for (let offset = 0; offset < 9; offset++) {
      const bytes = frame(random);
      const pool = Buffer.from({ length: bytes.length + 40 });
      for (let i = 0; i < pool.length; i++) pool[i] = random.below(256);
      pool.set(bytes, offset);
      const view = pool.subarray(offset, offset + bytes.length);
      assert.ok(isSameBytes(recode(view), bytes));
      // one byte less: the missing one lies in the pool, and must not be read
      assert.throws(() => recode(pool.subarray(offset, offset + bytes.length - 1)), isProtocolError);
    }
  });

  test(`${name}: what was decoded does not change with the bytes that it came from`, () => {
    const bytes = frame(new Random(5));
    const copy = bytes.slice();
    const encode = decode(bytes);
    bytes.fill(0xee);
    assert.ok(isSameBytes(encode(), copy));
  });

  test(`${name}: ${MUTATIONS} changed frames with the right checksum are valid or refused`, () => {
    const random = new Random(6);
    const frames = Array.from({ length: 500 }, () => frame(random));
    let valid = 0;
    let refused = 0;
    for (let trial = 0; trial < MUTATIONS; trial++) {
      let bytes: Uint8Array = frames[trial % frames.length].slice();
      mutate(bytes, random);
      if (random.below(10) === 0) bytes = resized(bytes, random);
      fixChecksum(bytes);
      try {
        peek?.(bytes);
        const again = recode(bytes); // the encoder refuses every value out of range
        valid++;
        // one value, one frame; only positions and the numbers of a delta may be coded in more than one way
        if (!name.startsWith('update') && name !== 'delta') assert.ok(isSameBytes(again, bytes));
        else assert.ok(isSameBytes(recode(again), again));
      } catch (error) {
        if (!isProtocolError(error)) throw error;
        refused++;
      }
    }
    assert.ok(valid > 100 && refused > 100, `${valid} valid, ${refused} refused`);
  });
}

/** Changes one to three bytes, most often among the first 100. */
function mutate(bytes: Uint8Array, random: Random): void {
  for (let changes = 1 + random.below(3); changes > 0; changes--) {
    const within = random.below(4) === 0 ? bytes.length : Math.min(100, bytes.length);
    const at = random.below(within);
    bytes[at] = [0, 1, 0x7f, 0x80, 0xff, random.below(256)][random.below(6)];
  }
}

/** Some bytes more or fewer, with a payload length that agrees. */
function resized(bytes: Uint8Array, random: Random): Uint8Array {
  const change = random.below(9) - 4;
  const out = new Uint8Array(Math.max(16, bytes.length + change));
  out.set(bytes.subarray(0, out.length));
  const view = new DataView(out.buffer);
  view.setUint32(8, Math.max(0, out.length - 16 - view.getUint32(4, true)), true);
  return out;
}

test.run();
