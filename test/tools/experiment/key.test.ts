import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { recipeOf } from '../../../shared/model/recipe.js';
import { loadDataset } from '../../../tools/datasets/dataset.js';
import { modelFor } from '../../../tools/datasets/model.js';
import { codeHash } from '../../../tools/experiment/code.js';
import type { Job } from '../../../tools/experiment/job.js';
import { dataHashOf, keyOf } from '../../../tools/experiment/key.js';
import { runOf } from './results.js';

const test = suite('key');

const DIGITS = loadDataset('digits');
const HASH = dataHashOf(DIGITS);
const MODEL = modelFor(DIGITS);
const JOB = runOf().job;

const DECISIVE: readonly Partial<Job>[] = [
  { seed: 2 },
  { cohort: 9 },
  { partition: 'iid' },
  { clients: 20 },
  { validate: true },
  { evaluateEvery: 0 },
  { arithmetic: 'float64' },
  ...[{ rounds: 11 }, { epochs: 2 }, { activationDensity: 0.2 }, { rate: 0.2, rateEnd: 0.01 }].map(
    (changes) => ({
      recipe: recipeOf('sparrow', 0.1, { rounds: 10, ...changes }),
    }),
  ),
];

test('everything that decides a result decides the key', () => {
  const keys = DECISIVE.map((changes) => keyOf({ ...JOB, ...changes }, HASH, MODEL));
  keys.push(keyOf(JOB, HASH, MODEL), keyOf(JOB, 'other data', MODEL));
  keys.push(keyOf(JOB, HASH, { ...MODEL, layers: MODEL.layers.slice(1) }));
  assert.is(new Set(keys).size, DECISIVE.length + 3);
});

test('where data lie, and the order of fields, does not', () => {
  const recipe = Object.fromEntries(Object.entries(JOB.recipe).reverse()) as unknown as Job['recipe'];
  assert.is(keyOf({ ...JOB, data: './digits', recipe }, HASH, MODEL), keyOf(JOB, HASH, MODEL));
});

test('a run that says integer is one that says nothing: old journals keep their runs', () => {
  assert.is(keyOf({ ...JOB, arithmetic: 'integer' }, HASH, MODEL), keyOf(JOB, HASH, MODEL));
});

test('one pixel, label or client id is other data', () => {
  const hashes = (['features', 'labels', 'clients'] as const).map((name) => {
    const changed = DIGITS.train[name].slice();
    changed[100] ^= 1;
    return dataHashOf({ ...DIGITS, train: { ...DIGITS.train, [name]: changed } });
  });
  assert.is(new Set([HASH, ...hashes]).size, 4);
});

test('the code hash follows what the worker runs, not its comments, types and layout', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sparrow-code-'));
  const entry = join(folder, 'entry.ts');
  const hashOf = (main: string, part: string) => {
    writeFileSync(entry, main);
    writeFileSync(join(folder, 'part.ts'), part);
    return codeHash(entry);
  };
  const main = `import { n } from './part.js';\nconsole.log(n);`;
  try {
    const hash = await hashOf(main, 'export const n = 1;');
    assert.match(hash, /^[0-9a-f]{16}$/);
    assert.is(
      await hashOf(`// why\n${main}`, 'export const n: number =\n  1;\nexport const unused = 2;'),
      hash,
    );
    assert.is.not(await hashOf(main, 'export const n = 2;'), hash);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the worker itself has a hash, the same each time', async () => {
  assert.is(await codeHash(), await codeHash());
});

test.run();
