import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bareBench, measureBare } from '../../../tools/bench/training/barebench.js';
import type { Case } from '../../../tools/bench/training/case.js';
import { kernelBench, measureKernels } from '../../../tools/bench/training/kernels.js';
import { measureXs, xsBench } from '../../../tools/bench/training/xsbench.js';
import { versionOf } from '../../../tools/bench/versions.js';
import { missingFor, TARGETS } from '../../../tools/kernels-to-c/target.js';
import { skip } from '../../../tools/test/skip.js';
import { missingForBare } from '../../../tools/xs/bare/bare.js';
import { compiles, missingForHost } from '../../../tools/xs/build.js';

const test = suite('bench/training');

const folder = mkdtempSync(join(tmpdir(), 'sparrow-bench-test-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const SPARSE: Case = { model: 'digits-mlp', preset: 'swat', density: 0.05, batch: 8 };
const DENSE: Case = { model: 'digits-mlp', preset: 'dense', density: 1, batch: 8 };

function own(name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  return path;
}

const riscv = missingFor(TARGETS.rv32);
if (riscv !== undefined) skip('riscv', riscv);
else {
  test('kernels on rv32imc: the same counts again, fewer for a sparse net, all rows stepped with full work', async () => {
    const bench = await kernelBench(own('kernels'));
    const [once, again, dense] = await Promise.all([
      measureKernels(bench, SPARSE, 'random', true),
      measureKernels(bench, SPARSE, 'random', true),
      measureKernels(bench, DENSE, 'random', true),
    ]);
    assert.equal(once, again);
    assert.ok(once.value > 1_000 && 1.5 * once.value < dense.value, `${once.value} of ${dense.value}`);
    assert.equal(
      once.layers.map(({ rows }) => rows),
      [32, 10],
    );
    assert.ok(once.layers[0].columns < 64 && dense.layers[0].columns === 64);
    const sum = Object.values(once.parts).reduce((all, n) => all + n, 0);
    assert.ok(Math.abs(sum - once.value) <= Object.keys(once.parts).length);
    assert.ok(once.parts['re-selection'] > 0 && dense.parts['re-selection'] === undefined);
  });
}

const host = missingForHost() ?? (compiles(64) ? undefined : 'the compiler makes no 64-bit programs');
if (host !== undefined) skip('c', host);
else if (versionOf('valgrind') === undefined) skip('valgrind', 'valgrind is not installed');
else {
  test('XS with native kernels under callgrind: the same counts again, kernels apart from the engine', async () => {
    const bench = await xsBench(own('xs'), 64, true);
    const [once, again] = await Promise.all([measureXs(bench, SPARSE), measureXs(bench, SPARSE)]);
    assert.equal(once, again);
    assert.ok(once.parts.kernels > 1_000 && once.parts.engine > once.parts.kernels);
  });
}

const bare = missingForBare();
if (bare !== undefined) skip('riscv', bare);
else {
  test('XS with native kernels on a bare RISC-V: the same counts again', async () => {
    const bench = await bareBench(own('bare'), true);
    const [once, again] = await Promise.all([measureBare(bench, SPARSE), measureBare(bench, SPARSE)]);
    assert.equal(once, again);
    assert.ok(once.parts.step > 10_000 && once.parts.selection > 100);
  });
}

test.run();
