/**
 * `npx tsx test/golden/write.ts`: writes golden.json and server.json anew from this engine. See README.md
 * first.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashesOf } from './hash.js';
import { goldenRun, NAMES } from './run.js';
import { SERVER_NAMES, serverRun } from './server.js';
import { serverHashesOf } from './serverhash.js';

const golden = Object.fromEntries(NAMES.map((name) => [name, hashesOf(goldenRun(name, Infinity))]));
write('golden.json', golden);
write('server.json', Object.fromEntries(SERVER_NAMES.map((name) => [name, serverHashesOf(serverRun(name))])));

function write(file: string, hashes: object): void {
  writeFileSync(join(import.meta.dirname, file), `${JSON.stringify(hashes, null, 2)}\n`);
}
