/**
 * `npx tsx test/golden/write.ts`: writes golden.json anew from this engine. See README.md first.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashesOf } from './hash.js';
import { goldenRun, NAMES } from './run.js';

const golden = Object.fromEntries(NAMES.map((name) => [name, hashesOf(goldenRun(name, Infinity))]));
writeFileSync(join(import.meta.dirname, 'golden.json'), `${JSON.stringify(golden, null, 2)}\n`);
