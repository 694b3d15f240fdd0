import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { recordCalls } from '../../../tools/kernels-to-c/record.js';
import { told } from '../../../tools/test/hook.js';
import { presentTargets, replay, temporaryFolder } from './replay.js';

const test = suite('kernels-to-c/golden');

const folder = temporaryFolder();
const trace = join(folder, 'golden.trace');
const targets = presentTargets();

test.before(
  told(async () => {
    if (targets.length > 0) await recordCalls(trace, ['test/tools/kernels-to-c/golden.ts']);
  }),
);

for (const target of targets) {
  test(`${target.name}: the kernel calls of every golden run leave the golden memory`, async () => {
    const calls = await replay(target, folder, trace);
    assert.ok((calls.get('sparseForward_u8') ?? 0) > 10_000);
  });
}

test.run();
