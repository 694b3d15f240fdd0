import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('resume');

const ROOT = join(import.meta.dirname, '../../..');
const TSX = import.meta.resolve('tsx');

const EXPERIMENT = {
  data: 'digits',
  rounds: 20,
  methods: [{ method: 'dense' }, { method: 'sparrow' }],
  densities: [0.1],
  seeds: 3,
  evaluateEvery: 5,
  base: 'dense',
};

/**
 * Runs the command to its end, or kills it when its output holds `killAt`. It ends only when the
 * workers have closed their output, too.
 */
function experiment(
  args: readonly string[],
  killAt?: string,
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const command = ['--import', TSX, 'tools/cli/main.ts', 'experiment', ...args];
    const child = spawn(process.execPath, command, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const append = (text: string) => {
      output += text;
      if (killAt !== undefined && output.includes(killAt)) child.kill('SIGKILL');
    };
    child.stdout.setEncoding('utf8').on('data', append);
    child.stderr.setEncoding('utf8').on('data', append);
    child.once('close', (code) => resolve({ code, output }));
  });
}

test('an experiment that was killed goes on, and ends with the files of one that was not', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sparrow-resume-'));
  const file = join(folder, 'small.json');
  writeFileSync(file, JSON.stringify(EXPERIMENT));
  const [broken, whole] = [join(folder, 'broken'), join(folder, 'whole')];
  try {
    const killed = await experiment([file, '--out', broken, '--workers', '1'], 'seed 1: accuracy');
    assert.is(killed.code, null);
    assert.not.match(killed.output, 'Error', 'its workers ended in silence');
    const kept = readFileSync(join(broken, 'runs.jsonl'), 'utf8').trimEnd().split('\n').length;
    assert.ok(kept >= 1 && kept < 6, `${kept} runs kept`);

    const resumed = await experiment([file, '--out', broken]);
    assert.is(resumed.code, 0, resumed.output);
    assert.match(resumed.output, `${kept} of 6 runs are there already\n`);
    assert.is(resumed.output.match(/: accuracy /g)?.length, 6 - kept);
    assert.not.match(resumed.output, '\x1b', 'a pipe gets plain lines');
    assert.match(resumed.output, /\| sparrow \| 0\.1 \| natural \| /);

    await experiment([file, '--out', whole]);
    for (const name of ['results.csv', 'results.json', 'table.md', 'accuracy-by-bytes.svg']) {
      const [a, b] = [broken, whole].map((out) => readFileSync(join(out, name), 'utf8'));
      assert.ok(a === b, name);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('without a file the last line is the mean, and the rate is stated', async () => {
  const { code, output } = await experiment([
    ...['--data', 'digits', '--method', 'sparrow'],
    ...['--rounds', '3', '--seeds', '2', '--rate', '0.5'],
  ]);
  assert.is(code, 0, output);
  const lines = output.trimEnd().split('\n');
  assert.match(lines[0], /^seed [12]: accuracy \d+\.\d\d %, loss /);
  assert.is(lines[2], 'sparrow at density 0.1, rate 0.5 to 0.050, 3 rounds, digits');
  assert.match(lines[3], /^mean \d+\.\d\d sd \d+\.\d\d$/);
  assert.is(lines.length, 4);
});

test('both arithmetics end with how they differ', async () => {
  const { code, output } = await experiment([
    ...['--data', 'digits', '--method', 'dense', '--validate'],
    ...['--rounds', '3', '--seeds', '2', '--arithmetic', 'both'],
  ]);
  assert.is(code, 0, output);
  const lines = output.trimEnd().split('\n').slice(-3);
  assert.match(lines[0], /^mean \d+\.\d\d sd \d+\.\d\d$/);
  assert.match(lines[1], /^float64 mean \d+\.\d\d sd \d+\.\d\d$/);
  assert.match(lines[2], /^integer less float64 [+−]\d\.\d\d ± \d\.\d\d$/);
});

test('a mistake is one line and exit code 1', async () => {
  const besides = await experiment(['experiments/digits.json', '--method', 'swat']);
  assert.is(besides.output.trimEnd(), 'sparrow: --method beside an experiment file, expected it in the file');
  assert.is(besides.code, 1);
  const missing = await experiment(['--data', 'nowhere']);
  assert.match(missing.output, /^sparrow: data set nowhere, expected digits/);
  assert.is(missing.code, 1);
});

test.run();
