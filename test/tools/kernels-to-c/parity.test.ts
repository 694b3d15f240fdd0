import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { kernelModules } from '../../../tools/kernels-to-c/modules.js';
import { recordCalls } from '../../../tools/kernels-to-c/record.js';
import { told } from '../../../tools/test/hook.js';
import { KERNEL_TESTS } from './programs.js';
import { presentTargets, replay, temporaryFolder } from './replay.js';

const test = suite('kernels-to-c/parity');

const folder = temporaryFolder();
const trace = join(folder, 'kernels.trace');
const targets = presentTargets();

test.before(
  told(async () => {
    if (targets.length > 0) await recordCalls(trace, KERNEL_TESTS);
  }),
);

for (const target of targets) {
  test(`${target.name}: every kernel gives the bits of TypeScript in all cases of its tests`, async () => {
    const calls = await replay(target, folder, trace);
    const { kernels } = kernelModules();
    const names = kernels.map(({ name }) => name.replace('sparrow_', ''));
    assert.equal(
      names.filter((name) => (calls.get(name) ?? 0) < 20),
      [],
    );
  });
}

test.run();
