import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { nativeKernels } from '../../tools/kernels-to-c/native.js';
import { skip } from '../../tools/test/skip.js';
import { buildHost, compiles, missingForHost } from '../../tools/xs/build.js';
import { bundleForXs } from '../../tools/xs/bundle.js';
import { XsHost } from '../../tools/xs/host.js';
import { Folders } from '../broker/folder.js';
import { type GoldenHashes, hashesOf } from './hash.js';
import { NAMES } from './run.js';

const test = suite('golden on boards’ XS');

const folders = new Folders();
test.after(() => folders.remove());

const RUN = join(import.meta.dirname, 'run.ts');
const GOLDEN = JSON.parse(readFileSync(join(import.meta.dirname, 'golden.json'), 'utf8')) as Record<
  string,
  GoldenHashes
>;

/**
 * Byte code with the board's slots, native kernels with the others; golden.test.ts and the tests of the kernels
 * have the other pairs. Byte code is slow: some of the runs must do.
 */
const ENGINES = [
  { name: 'byte code, 32 bits', bits: 32, native: false, runs: NAMES.filter((_, i) => i % 5 === 0) },
  { name: 'native kernels, 64 bits', bits: 64, native: true, runs: NAMES },
] as const;

const missing = missingForHost();
if (missing !== undefined) skip('c', missing);
else {
  for (const { name, bits, native, runs } of ENGINES) {
    if (!compiles(bits)) {
      skip(bits === 32 ? 'multilib' : 'c', `the compiler makes no ${bits}-bit programs`);
      continue;
    }
    test(`${name}: the golden weights and updates`, async () => {
      const kernels = native ? nativeKernels(folders.make()) : undefined;
      const program = await buildHost(bits, { extra: kernels?.sources, flags: kernels?.flags });
      const host = new XsHost({ program, script: await bundleForXs(RUN, kernels && [kernels.plugin]) });
      try {
        for (const run of runs) {
          await host.evaluate(`globalThis.last = bundle.goldenRun(${JSON.stringify(run)}, 1001); 0`);
          const weights = await host.evaluateBytes('last.weights');
          const update = await host.evaluateBytes('last.update');
          assert.equal(hashesOf({ weights, update }), GOLDEN[run], run);
        }
      } finally {
        await host.close();
      }
    });
  }
}

test.run();
