/**
 * Every golden run once, held against its golden hashes: what it calls of the kernels is then what golden
 * training calls.
 */
import { readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { hashesOf } from '../../golden/hash.js';
import { goldenRun, NAMES } from '../../golden/run.js';

const GOLDEN = JSON.parse(readFileSync('test/golden/golden.json', 'utf8'));

for (const name of NAMES)
  assert.equal(hashesOf(goldenRun(name, Number.POSITIVE_INFINITY)), GOLDEN[name], name);
