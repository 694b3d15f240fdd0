import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { skip } from '../../../tools/test/skip.js';
import { buildHost, compiles, missingForHost } from '../../../tools/xs/build.js';
import { bundleForXs } from '../../../tools/xs/bundle.js';
import { Folders } from '../../broker/folder.js';

const test = suite('code in the flash of the XS host');

const folders = new Folders();
test.after(() => folders.remove());

const SELFTEST = join(import.meta.dirname, '../../../tools/xs/selftest.ts');

/** Bytes that fresh memory is filled with: each is an instruction, if one takes it for code. */
const FILLS = Array.from({ length: 255 }, (_, i) => i + 1);

const missing = missingForHost() ?? (compiles(64) ? undefined : 'the compiler makes no 64-bit programs');
if (missing !== undefined) skip('xs', missing);
else {
  test('what lies in memory behind a function’s code is not taken for code', async () => {
    const program = await buildHost(64);
    const script = join(folders.make(), 'script.js');
    writeFileSync(script, await bundleForXs(SELFTEST));
    const limits = ['1000000', '4000', '2000000', '640', '0', script];
    for (const fill of FILLS) {
      const env = { ...process.env, MALLOC_PERTURB_: String(fill) }; // glibc's; elsewhere it does nothing
      const { signal } = spawnSync(program, limits, { env, input: '', timeout: 10_000 });
      assert.is(signal, null, `memory filled with ${fill}`);
    }
  });
}

test.run();
