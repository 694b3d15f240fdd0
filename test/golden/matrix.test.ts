import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isRequired, skip } from '../../tools/test/skip.js';
import { Folders } from '../broker/folder.js';
import { ENGINES, type Engine } from './engine.js';
import type { GoldenHashes } from './hash.js';
import { NAMES } from './run.js';

const test = suite('golden on every engine');

const folders = new Folders();
test.after(() => folders.remove());

const GOLDEN = JSON.parse(readFileSync(join(import.meta.dirname, 'golden.json'), 'utf8')) as Record<
  string,
  GoldenHashes
>;

/** As printed. */
const CELLS = { same: '=', different: '!', long: '·', missing: '-' } as const;
type Cell = keyof typeof CELLS;

interface Column {
  readonly engine: Engine;
  readonly cells: ReadonlyMap<string, Cell>;
  readonly differences: readonly string[];
  readonly why?: string; // it was not run
}

/** Engines are processes of their own: two at once, as there are cores on a small machine. */
const AT_ONCE = 2;

const columns = new Map<Engine, Column>();
const queue = ENGINES.values();
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (const engine of queue) columns.set(engine, await columnOf(engine));
  }),
);

async function columnOf(engine: Engine): Promise<Column> {
  const cells = new Map<string, Cell>();
  const differences: string[] = [];
  const why = engine.missing();
  if (why !== undefined) {
    for (const name of NAMES) cells.set(name, 'missing');
    return { engine, cells, differences, why };
  }
  const open = await engine.open(folders.make());
  try {
    for (const name of NAMES) {
      if (!engine.quick.includes(name) && !isRequired('long')) {
        cells.set(name, 'long');
        continue;
      }
      const hashes = await open.run(name).catch((error: Error) => error);
      const isSame = JSON.stringify(hashes) === JSON.stringify(GOLDEN[name]);
      cells.set(name, isSame ? 'same' : 'different');
      if (!isSame) differences.push(`${name}: ${hashes instanceof Error ? hashes : JSON.stringify(hashes)}`);
    }
  } finally {
    await open.close();
  }
  return { engine, cells, differences };
}

for (const engine of ENGINES) {
  const { cells, differences, why } = columns.get(engine) as Column;
  if (why !== undefined) {
    skip(engine.kind, `golden runs on ${engine.name}: ${why}`);
    continue;
  }
  const left = NAMES.filter((name) => cells.get(name) === 'long').length;
  if (left > 0) skip('long', `${left} of ${NAMES.length} golden runs on ${engine.name}, which take minutes`);
  test(`${engine.name}: the golden weights and updates of ${NAMES.length - left} runs`, () => {
    assert.is(differences.length, 0, differences.join('\n'));
  });
}

const width = Math.max(...NAMES.map((name) => name.length)) + 2;
for (const name of NAMES) {
  const row = ENGINES.map((engine) => CELLS[columns.get(engine)?.cells.get(name) as Cell]);
  console.log(`${name.padEnd(width)}${row.join(' ')}`);
}
console.log(ENGINES.map(({ name }, i) => `${' '.repeat(width + 2 * i)}${name}`).join('\n'));
console.log(
  `${CELLS.same} the golden hashes, ${CELLS.different} others, ${CELLS.long} takes too long here, ` +
    `${CELLS.missing} engine not installed`,
);

test.run();
