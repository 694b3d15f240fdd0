import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Baseline } from '../../../tools/bench/baseline.js';
import { fillTables } from '../../../tools/bench/page.js';
import { TABLES } from '../../../tools/bench/tables.js';
import { CASES, caseName, MODELS } from '../../../tools/bench/training/case.js';
import { byPhase } from '../../../tools/bench/training/phase.js';

const test = suite('bench/page');

function row(value: number, more: object = {}): { value: number; parts: Record<string, number> } {
  return { value, parts: { forward: value }, ...more };
}

const DENSE = '256-64-10, dense, batch 8';
const SWAT = '256-64-10, swat 0.05, batch 8';
const LAYERS = { layers: [{ columns: 90.26, rows: 64 }] };
const BASELINE: Baseline = {
  kernels: { tools: 'gcc 12', rows: { [DENSE]: row(150_000, LAYERS), [SWAT]: row(30_000, LAYERS) } },
};

test('sparse stands beside dense, with how many times less it is', () => {
  const table = TABLES.kernels(BASELINE);
  assert.match(table, /\| 256-64-10 \(17,024 weights\), batch 8 \| 150,000 \| 30,000 \(5\.0×\) \| – \|/);
  assert.match(table, /\n\ngcc 12$/);
});

test('a target is met or missed by so many per cent, and a dash where nothing was measured', () => {
  const table = TABLES.targets(BASELINE);
  assert.match(table, /swat 0\.05, batch 8 \| at most 36,000 \| 30,000 \| met \|/);
  assert.match(table, /dense, batch 8 \| at most 145,000 \| 150,000 \| missed by 3 % \|/);
  assert.match(table, /dense, batch 1 \| at most 330,000 \| – \| – \|/);
});

test('full work tells the columns and rows that were stepped', () => {
  assert.match(TABLES.work(BASELINE), /swat 0\.05, batch 8 \| 30,000 \| – \| – \| 90\.3 × 64\.0 \| – \|/);
});

test('only what lies between two marks is made anew', () => {
  const page = 'words\n<!-- table kernels -->\nold\n<!-- end -->\nmore words\n';
  const filled = fillTables(page, BASELINE);
  assert.ok(filled.startsWith('words\n<!-- table kernels -->\n| network |'));
  assert.ok(filled.endsWith('<!-- end -->\nmore words\n'));
  assert.not.match(filled, /old/);
  assert.is(fillTables(filled, BASELINE), filled);
});

test('a table that does not exist is named', () => {
  const page = '<!-- table lambs -->\n<!-- end -->';
  assert.throws(() => fillTables(page, BASELINE), /table lambs of the page, expected targets, kernels/);
});

test('docs/benchmarks.md has every table, as the committed baseline gives it', () => {
  const page = readFileSync('docs/benchmarks.md', 'utf8');
  const baseline = JSON.parse(readFileSync('tools/bench/baseline.json', 'utf8')) as Baseline;
  assert.is(fillTables(page, baseline), page, 'npm run bench -- --tables makes them anew');
  for (const name of Object.keys(TABLES)) assert.ok(page.includes(`<!-- table ${name} -->`), name);
});

test('every case has a name of its own', () => {
  assert.is(new Set(CASES.map(caseName)).size, CASES.length);
  assert.equal(new Set(CASES.map(({ model }) => model)), new Set(Object.keys(MODELS)));
});

test('kernels add up by phase, whatever type they are for', () => {
  const costs = new Map([
    ['sparseForward_u8', 1],
    ['reluForward', 2],
    ['sparseWeightStep_i8', 4],
    ['somethingElse', 8],
  ]);
  assert.equal(
    [...byPhase(costs)],
    [
      ['forward', 3],
      ['weight step', 4],
      ['other', 8],
    ],
  );
});

test.run();
