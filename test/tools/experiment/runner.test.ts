import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Work } from '../../../tools/experiment/bench.js';
import { type Experiment, parseExperiment } from '../../../tools/experiment/experiment.js';
import { openJournal, writeResult } from '../../../tools/experiment/folder.js';
import { RATE_GRID } from '../../../tools/experiment/rate.js';
import { type ExperimentResult, runExperiment } from '../../../tools/experiment/runner.js';
import { pairedDifference } from '../../../tools/experiment/statistics.js';

const test = suite('runner');

const SMALL = {
  data: 'digits',
  rounds: 3,
  methods: [{ method: 'zerofl' }, { method: 'sparrow' }],
  densities: [0.1],
  seeds: 2,
  evaluateEvery: 1,
  base: 'zerofl',
};

function experimentOf(changes: Record<string, unknown> = {}): Experiment {
  return parseExperiment(JSON.stringify({ ...SMALL, ...changes }), 'small');
}

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sparrow-runner-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs with a journal in the folder; notes and planned work are collected. */
async function run(experiment: Experiment, folder: string, workers = 1) {
  const notes: string[] = [];
  const planned: Work[] = [];
  let rounds = 0;
  const journal = openJournal(folder);
  try {
    const events = {
      onPlanned: (work: Work) => planned.push(work),
      onRound: () => rounds++,
      onRun: () => {},
      onNote: (line: string) => notes.push(line),
    };
    const result = await runExperiment(experiment, { workers, journal }, events);
    return { result, notes, planned, rounds };
  } finally {
    journal.close();
  }
}

function filesOf(folder: string): Record<string, string> {
  const names = readdirSync(folder).filter((name) => name !== 'runs.jsonl');
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

test('one worker and two write the same files, byte for byte', () =>
  withFolder(async (folder) => {
    const [one, two] = [join(folder, 'one'), join(folder, 'two')];
    writeResult(one, (await run(experimentOf(), one, 1)).result);
    writeResult(two, (await run(experimentOf(), two, 2)).result);
    const [first, second] = [filesOf(one), filesOf(two)];
    assert.is(Object.keys(first).length, 8);
    assert.equal(Object.keys(first), Object.keys(second));
    for (const [name, text] of Object.entries(first)) assert.ok(text === second[name], name);
  }));

test('a second run makes nothing again, and gives the same', () =>
  withFolder(async (folder) => {
    const first = await run(experimentOf(), folder);
    const second = await run(experimentOf(), folder);
    assert.equal(first.planned, [{ runs: 4, rounds: 12, kept: 0 }]);
    assert.is(first.rounds, 12);
    assert.equal(second.planned, [{ runs: 0, rounds: 0, kept: 4 }]);
    assert.ok(JSON.stringify(second.result) === JSON.stringify(first.result));
  }));

test('more seeds make only what is missing', () =>
  withFolder(async (folder) => {
    await run(experimentOf(), folder);
    const more = await run(experimentOf({ seeds: 3 }), folder);
    assert.equal(more.planned, [{ runs: 2, rounds: 6, kept: 4 }]);
  }));

test('a row has its curve, its bytes, its difference and all that is needed to repeat it', () =>
  withFolder(async (folder) => {
    const { result } = await run(experimentOf(), folder);
    const [zerofl, sparrow] = result.rows;
    const [one] = sparrow.runs;
    assert.equal(
      one.result.curve.map((point) => point.round),
      [1, 2, 3],
    );
    const last = one.result.curve[2];
    assert.is(last.bytesUp, Math.round(one.result.updateBytes * 30)); // 3 rounds of 10 clients
    assert.is(last.bytesDown, Math.round(one.result.downBytes * 30));
    assert.ok(one.result.updateBytes <= one.result.updateBytesMost);
    assert.ok(one.result.updateBytesMost < zerofl.runs[0].result.updateBytes);
    assert.ok(Math.abs(one.result.density - 0.1) < 0.001);
    assert.ok(one.result.layerDensities[0] < one.result.layerDensities[1]); // ERK
    assert.equal(
      zerofl.runs.map((each) => each.job.seed),
      [1, 2],
    );
    const mean = (zerofl.accuracy.mean + (sparrow.difference?.mean ?? Number.NaN)).toFixed(9);
    assert.is(mean, sparrow.accuracy.mean.toFixed(9));
    assert.match(one.code, /^[0-9a-f]{16}$/);
    assert.is(one.job.recipe.rounds, 3);
  }));

test('a rate is chosen without a look at the test set', () =>
  withFolder(async (folder) => {
    const digits = join(import.meta.dirname, '../../../tools/datasets/digits');
    const data = join(folder, 'digits');
    const [train, held] = ['train.fld.gz', 'test.fld.gz'].map((name) =>
      gunzipSync(readFileSync(join(digits, name))),
    );
    const choose = async (name: string, labels: (label: number) => number) => {
      const changed = Uint8Array.from(held);
      const count = 360;
      const start = 28 + 64 * count;
      for (let i = start; i < start + count; i++) changed[i] = labels(changed[i]);
      rmSync(data, { recursive: true, force: true });
      openJournal(data).close(); // makes the folder
      writeFileSync(join(data, 'train.fld'), train);
      writeFileSync(join(data, 'test.fld'), changed);
      const settings = { data, methods: [{ method: 'sparrow' }], base: undefined };
      return run(experimentOf({ ...settings, rounds: 6, rates: 'grid', tuneSeeds: 1 }), join(folder, name));
    };
    const plain = await choose('plain', (label) => label);
    const mixed = await choose('mixed', (label) => (label + 1) % 10);
    const trials = ({ rows }: ExperimentResult) => rows[0].trials;
    assert.ok(trials(plain.result).length >= RATE_GRID.length);
    assert.equal(trials(mixed.result), trials(plain.result));
    assert.is(mixed.result.rows[0].recipe.rate, plain.result.rows[0].recipe.rate);
    assert.ok(mixed.result.rows[0].accuracy.mean < plain.result.rows[0].accuracy.mean);
    assert.match(plain.notes[0], /^sparrow, density 0\.1, natural: rate \d\.\d+, held-back accuracy /);
    assert.equal(
      plain.result.rows[0].runs.map(({ job }) => [job.validate, job.recipe.holdBackEvery]),
      [
        [false, 0],
        [false, 0],
      ],
    );
  }));

test('integers and real numbers are paired seed by seed, at the rate chosen in integers', () =>
  withFolder(async (folder) => {
    const experiment = experimentOf({
      ...{ methods: [{ method: 'sparrow' }], base: undefined, tuneSeeds: 1, rates: 'grid' },
      ...{ arithmetic: ['integer', 'float64'], validate: true },
    });
    const { result } = await run(experiment, folder);
    const [integer, real] = result.rows;
    const accuracies = ({ runs }: typeof real) => runs.map((each) => 100 * each.result.accuracy);
    assert.equal(integer.toFloat64, pairedDifference(accuracies(integer), accuracies(real)));
    assert.is(real.toFloat64, undefined);
    assert.is(real.recipe.rate, integer.recipe.rate);
    assert.equal(real.trials, []);
    for (const [i, { job, result: figures }] of real.runs.entries()) {
      const { arithmetic, ...same } = integer.runs[i].job;
      assert.equal(job, { ...same, arithmetic: 'float64' });
      assert.is(job.validate, true);
      assert.is(figures.updateBytes + figures.downBytes + figures.macsPerExample, 0);
      assert.is(figures.denseMacsPerExample, integer.runs[i].result.denseMacsPerExample);
    }
    const files = writeResult(folder, result);
    const [byRound, byBytes] = ['round', 'bytes'].map((name) =>
      readFileSync(join(folder, `accuracy-by-${name}.svg`), 'utf8'),
    );
    assert.match(byRound, 'sparrow 0.1, float64');
    assert.not.match(byBytes, 'float64', 'what has no bytes has no place there');
    assert.is(files.length, 8);
  }));

test('a cohort larger than the clients is refused before anything runs', () =>
  withFolder(async (folder) => {
    try {
      await run(experimentOf({ cohort: 21 }), folder);
      assert.unreachable();
    } catch (error) {
      assert.is((error as Error).message, 'cohort 21, expected 1 to 20, the number of clients');
    }
  }));

test.run();
