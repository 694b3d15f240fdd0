import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../../shared/fixed/random.js';
import { ProtocolError } from '../../../shared/protocol/error.js';
import { allocatedBy } from './allocations.js';
import { FRAME_CASES, type FrameCase, fixChecksum } from './samples.js';

const test = suite('protocol/fuzz');

/** Mutated frames in all, the same number of every kind. */
const FRAMES = 100_000;
const SEED = Number(process.env.SPARROW_FUZZ_SEED ?? 20261122);

/** Poison on both sides of a frame inside a bigger buffer. */
const MARGIN = 64;

/** What a decoder may allocate: so much for each byte of the frame, and what any frame costs. */
const PER_BYTE = 40;
const PER_FRAME = 4000;

/** Frames in which one in so many is decoded again for what it allocates; watching is slow. */
const WATCHED = 20;

type Outcome = { readonly bytes: Uint8Array } | { readonly error: ProtocolError };

/** Any exception that is no ProtocolError goes on to the test, which fails. */
function outcomeOf({ decode, peek }: FrameCase, bytes: Uint8Array): Outcome {
  try {
    peek?.(bytes);
    return { bytes: decode(bytes)() };
  } catch (error) {
    if (error instanceof ProtocolError) return { error };
    throw error;
  }
}

/** One of the mutations, by its name; `others` are valid frames of all kinds. */
const MUTATIONS: Readonly<
  Record<string, (bytes: Uint8Array, random: Random, others: readonly Uint8Array[]) => Uint8Array>
> = {
  'flipped bits': (bytes, random) => {
    for (let flips = 1 + random.below(4); flips > 0; flips--) {
      const bit = random.below(8 * bytes.length);
      bytes[bit >> 3] ^= 1 << (bit & 7);
    }
    return bytes;
  },
  'other bytes': (bytes, random) => {
    const at = random.below(bytes.length);
    for (let i = at; i < Math.min(bytes.length, at + 1 + random.below(8)); i++) bytes[i] = random.below(256);
    return bytes;
  },
  truncated: (bytes, random) => bytes.slice(0, random.below(bytes.length)),
  'truncated, lengths put right': (bytes, random) => withLengths(bytes.slice(0, random.below(bytes.length))),
  spliced: (bytes, random, others) => {
    const other = others[random.below(others.length)];
    const [to, from] = [random.below(bytes.length), random.below(other.length)];
    return withLengths(joined(bytes.subarray(0, to), other.subarray(from)));
  },
  'a part twice': (bytes, random) => {
    const from = random.below(bytes.length);
    const to = from + random.below(bytes.length - from);
    return withLengths(joined(bytes.subarray(0, to), bytes.subarray(from)));
  },
  'a lie about a length': (bytes, random) => {
    const view = new DataView(bytes.buffer);
    const at = random.below(2) === 0 ? 4 + 4 * random.below(2) : 2 * random.below(bytes.length >> 1);
    const lies = [0, 1, 0x7fff, 0x8000, 0xffff, bytes.length, random.below(65536)];
    if (at + 2 <= bytes.length) view.setUint16(at, lies[random.below(lies.length)], true);
    if (random.below(2) === 0 && at + 4 <= bytes.length)
      view.setUint16(at + 2, [0, 0xffff][random.below(2)], true);
    return bytes;
  },
};

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}

/** With the payload length that fits the head length. */
function withLengths(bytes: Uint8Array): Uint8Array {
  if (bytes.length < 16) return bytes;
  const view = new DataView(bytes.buffer);
  view.setUint32(8, Math.max(0, bytes.length - 16 - view.getUint32(4, true)), true);
  return bytes;
}

/** The frame inside a bigger buffer whose other bytes are random. */
function poisoned(bytes: Uint8Array, random: Random): Uint8Array {
  const buffer = new Uint8Array(MARGIN + bytes.length + MARGIN);
  for (let i = 0; i < MARGIN; i++) {
    buffer[i] = random.next();
    buffer[MARGIN + bytes.length + i] = random.next();
  }
  const at = MARGIN - random.below(4); // any alignment
  buffer.set(bytes, at);
  return buffer.subarray(at, at + bytes.length);
}

console.log(`seed ${SEED}: SPARROW_FUZZ_SEED takes another`);

for (const [kind, frameCase] of FRAME_CASES.entries()) {
  const { name } = frameCase;
  const count = Math.ceil(FRAMES / FRAME_CASES.length);

  test(`${name}: ${count} mutated frames are valid or refused, read no byte beside them, and cost little`, () => {
    const random = new Random(SEED + kind);
    const own = Array.from({ length: 200 }, () => frameCase.frame(random));
    const others = [...own.slice(0, 20), ...FRAME_CASES.map((other) => other.frame(random))];
    const names = Object.keys(MUTATIONS);
    const tally = { valid: 0, refused: 0 };
    for (let trial = 0; trial < count; trial++) {
      const mutation = names[trial % names.length];
      const what = `seed ${SEED}, ${name} ${trial}, ${mutation}`;
      const bytes = MUTATIONS[mutation](own[random.below(own.length)].slice(), random, others);
      if (random.below(8) > 0) fixChecksum(bytes); // else the checksum refuses nearly all
      const alone = outcomeOf(frameCase, bytes);
      const amid = outcomeOf(frameCase, poisoned(bytes, random));
      if ('error' in alone) {
        tally.refused++;
        assert.ok(alone.error.message.length > 0, what);
        assert.is('error' in amid && amid.error.message, alone.error.message, what);
      } else {
        tally.valid++;
        assert.is('bytes' in amid && Buffer.compare(amid.bytes, alone.bytes), 0, what);
      }
      if (trial % WATCHED !== 0) continue;
      const allocated = allocatedBy(() => void outcomeOf(frameCase, bytes));
      const most = PER_FRAME + PER_BYTE * bytes.length;
      assert.ok(
        allocated <= most,
        `${what}: ${allocated} bytes for ${bytes.length}, expected at most ${most}`,
      );
    }
    assert.ok(tally.valid > count / 100 && tally.refused > count / 4, JSON.stringify(tally));
  });
}

test('what is allocated is seen', () => {
  assert.is(
    allocatedBy(() => new Uint32Array(100)),
    400,
  );
  assert.is(
    allocatedBy(() => new Uint8Array(new ArrayBuffer(7))),
    7,
  );
  assert.is(allocatedBy(() => Uint8Array.of(1, 2).slice()) > 0, true);
});

test.run();
