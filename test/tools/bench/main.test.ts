import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Baseline, baselineText } from '../../../tools/bench/baseline.js';
import { enginesWith } from '../../../tools/bench/engines.js';
import { kernelBench, measureKernels } from '../../../tools/bench/training/kernels.js';
import { missingFor, TARGETS } from '../../../tools/kernels-to-c/target.js';
import { skip } from '../../../tools/test/skip.js';

const test = suite('bench/main');

const folder = mkdtempSync(join(tmpdir(), 'sparrow-bench-main-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const ROW = 'digits-mlp, swat 0.05, batch 8';

interface Checked {
  readonly status: number | null;
  readonly output: string;
}

/** `--check` of one row against a baseline. */
function check(baseline: Baseline): Checked {
  const path = join(folder, 'baseline.json');
  const text = baselineText(baseline);
  writeFileSync(path, text);
  const args = ['tools/bench/main.ts', '--check', '--only', `kernels: ${ROW}`, '--baseline', path];
  const tsx = join('node_modules', '.bin', 'tsx');
  const { status, stdout, stderr } = spawnSync(tsx, args, { encoding: 'utf8' });
  assert.is(readFileSync(path, 'utf8'), text, 'a check writes nothing');
  return { status, output: stdout + stderr };
}

const missing = missingFor(TARGETS.rv32);
if (missing !== undefined) skip('riscv', missing);
else {
  test('--check fails where an exact count grew by more than 2 %, and names it', async () => {
    const bench = await kernelBench(mkdtempSync(join(folder, 'kernels-')));
    const subject = { model: 'digits-mlp', preset: 'swat', density: 0.05, batch: 8 } as const;
    const { value, parts } = await measureKernels(bench, subject, 'random', true);
    const tools = enginesWith('')[0].tools();
    const with_ = (was: number, its = tools) => ({
      kernels: { tools: its, rows: { [ROW]: { value: was, parts } } },
    });
    const same = check(with_(value));
    assert.is(same.status, 0, same.output);
    const worse = check(with_(Math.floor(value / 1.025)));
    assert.is(worse.status, 1, worse.output);
    assert.match(worse.output, new RegExp(`worse kernels: ${ROW}: was [\\d,]+, is [\\d,]+, \\+\\d\\.\\d %`));
    const other = check(with_(1, 'gcc 1.0'));
    assert.is(other.status, 0, other.output);
    assert.match(other.output, /skipped: kernels: the baseline is of gcc 1\.0; here are riscv64-/);
  });
}

test.run();
