import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { nativeKernels } from '../../../tools/kernels-to-c/native.js';
import { skip } from '../../../tools/test/skip.js';
import { bestBits, buildHost, missingForHost } from '../../../tools/xs/build.js';
import { bundleForXs } from '../../../tools/xs/bundle.js';
import { XsHost } from '../../../tools/xs/host.js';
import { temporaryFolder } from './replay.js';

const test = suite('kernels-to-c/xs');

/** What a call that goes wrong says. */
const WRONG: readonly (readonly [call: string, error: RegExp])[] = [
  ['k.listKept(u16, 0, u8, 0, i32, 9)', /RangeError: listKept: kept reaches 9, expected 0 to 8/],
  ['k.listKept(u16, 5, u8, 0, i32, 4)', /RangeError: listKept: kept reaches 9, expected 0 to 8/],
  ['k.listKept(u16, -1, u8, 0, i32, 4)', /RangeError: listKept: kept reaches -1, expected 0 to 8/],
  ['k.listKept(u16, 0, u8, 0, i32, -4)', /RangeError: listKept: cols -4, expected 0 to/],
  ['k.listKept(u16, 0, i16, 0, i32, 4)', /TypeError: listKept: marks, expected a view of another type/],
  ['k.listKept(u16, 0, [0], 0, i32, 4)', /TypeError: listKept: marks, expected a typed array/],
  ['k.listKept(u16, 0, u8, 0, i32, 0.5)', /TypeError: listKept: cols, expected an int32/],
  ['k.listKept(u16, 0, u8, 0, i32)', /TypeError: listKept: no cols/],
  ['k.largestLogit(i32, 0, 2, 2, 2)', /RangeError: largestLogit: lane 2, expected 0 to 1/],
  ['k.topkCountHigh(i32, u8, 0, 4)', /RangeError: topkCountHigh: state reaches 515, expected 0 to 4/],
  [
    'i32[1] = 999, k.sparseForward(i32, 2, i16, 0, i32, 0, i32, 0, u16, 0, u8, 0, 1, 1, 0, 1)',
    /RangeError: sparseForward: columns reaches 999, expected 0 to 8/,
  ],
];

const missing = missingForHost();
if (missing !== undefined) {
  skip('xs', missing);
} else {
  const { sources, flags, plugin } = nativeKernels(temporaryFolder());
  const script = await bundleForXs(join(import.meta.dirname, '../../golden/run.ts'), [plugin]);
  const program = await buildHost(bestBits(), { extra: sources, flags });

  test('a native kernel refuses what lies beside its views, and writes nothing', async () => {
    const host = new XsHost({ program, script });
    try {
      await host.evaluate(`const b = new ArrayBuffer(16);
        const k = sparrowKernels, u8 = new Uint8Array(b), i16 = new Int16Array(b), u16 = new Uint16Array(b);
        const i32 = new Int32Array(b); Object.assign(globalThis, { k, u8, i16, u16, i32 }); 0`);
      for (const [call, error] of WRONG) {
        let message = '';
        await host.evaluate(call).catch((e) => {
          message = e.message;
        });
        assert.match(message, error, call);
      }
      const left = await host.evaluate(
        'u8.set([1, 0, 1]); k.listKept(u16.subarray(4), 0, u8, 0, i32, 3) + " " + u16[5]',
      );
      assert.is(left, '2 2');
    } finally {
      await host.close();
    }
  });
}

test.run();
