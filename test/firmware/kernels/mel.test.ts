import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as kernels from '../../../firmware/kernels/mel.js';
import * as naive from '../../../firmware/kernels/naive/mel.js';
import { Random } from '../../../shared/fixed/random.js';
import { checkTwin, filled } from './twin.js';

const test = suite('kernels/mel');

const FULL = 2 ** kernels.RISE_BITS;
const HIGHEST = 2 ** 30 - 1; // of a part of a point
const WIDEST = 62;

test('bands equal their twin, loud and quiet, narrow and wide', () => {
  const random = new Random(1);
  for (let trial = 0; trial < 200; trial++) {
    const bands = 1 + random.below(6);
    const starts = [random.below(5)];
    for (let j = 0; j <= bands; j++) starts.push(starts[j] + random.below(WIDEST / 2 + 1));
    const reach = starts[bands + 1];
    const most = Math.min(HIGHEST, 2 ** random.below(31));
    const specs = {
      out: { type: 'i16', values: new Int16Array(bands), out: true },
      points: { type: 'i32', values: filled(random, 2 * reach, -most, most) },
      starts: { type: 'u16', values: starts },
      rises: { type: 'u16', values: filled(random, reach, 0, FULL) },
    } as const;
    const floor = 2 ** (16 + random.below(11));
    const offset = 31_744 + random.below(17_409);
    const call = (
      { logBands }: typeof kernels | typeof naive,
      { i16, i32, u16, at }: Parameters<Parameters<typeof checkTwin<typeof specs>>[2]>[0],
    ) =>
      // biome-ignore format: arguments in groups
      logBands(
        i16, at.out, i32, at.points, u16, at.starts, u16, at.rises, floor, offset, bands,
      );
    checkTwin(
      random,
      specs,
      (a) => call(kernels, a),
      (a) => call(naive, a),
      `trial ${trial}`,
    );
  }
});

test('the loudest points that there are fit int32 in the widest band', () => {
  const reach = WIDEST;
  const starts = Uint16Array.of(0, reach / 2, reach);
  const rises = Uint16Array.from({ length: reach }, (_, k) =>
    k < reach / 2 ? (FULL * k) / (reach / 2) : (FULL * (k - reach / 2)) / (reach / 2),
  );
  const out = new Int16Array(1);
  for (const part of [HIGHEST, -HIGHEST]) {
    const points = new Int32Array(2 * reach).fill(part);
    kernels.logBands(out, 0, points, 0, starts, 0, rises, 0, 2 ** 26, 48_457, 1);
    const power = (reach / 2) * 2 * (part / 64) ** 2 * 256;
    assert.ok(Math.abs(out[0] - (1024 * Math.log2(power) - 48_457)) < 2, `${out[0]}`);
  }
});

test.run();
