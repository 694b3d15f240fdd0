/**
 * `npm run bench [-- --check] [--only <part of a row's name>] [--peers <folder>] [--baseline <file>]
 * [--jobs n]`: what a training step costs, in exact counts, on every engine that is installed. It writes the
 * baseline and the tables of docs/benchmarks.md; with --check it compares with the baseline and writes nothing;
 * with --tables it only makes the tables anew.
 * @module
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../kernels-to-c/modules.js';
import { type Baseline, baselineText, compare, differenceLine, isFailure, withFigures } from './baseline.js';
import type { Engine } from './engine.js';
import { enginesWith } from './engines.js';
import { fillTables } from './page.js';
import { measureRows } from './run.js';

const PAGE = join(ROOT, 'docs/benchmarks.md');

const { values } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    tables: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    baseline: { type: 'string', default: join(import.meta.dirname, 'baseline.json') },
    peers: { type: 'string', default: '' },
    jobs: { type: 'string', default: '2' },
  },
});

let baseline: Baseline = existsSync(values.baseline) ? JSON.parse(readFileSync(values.baseline, 'utf8')) : {};
const engines = enginesWith(values.peers);
if (!engines.some((engine) => chosenOf(engine).length > 0)) {
  console.error(`bench: only ${values.only}, expected part of a row's name such as "kernels: 256-64-10"`);
  process.exitCode = 1;
} else {
  if (!values.tables) await benchAll();
  if (!values.check) writeFileSync(PAGE, fillTables(readFileSync(PAGE, 'utf8'), baseline));
}

async function benchAll(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sparrow-bench-'));
  try {
    for (const engine of engines) await bench(engine, mkdtempSync(join(folder, 'engine-')));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function chosenOf({ name, rows }: Engine): string[] {
  return rows.filter((row) => `${name}: ${row}`.includes(values.only));
}

async function bench(engine: Engine, folder: string): Promise<void> {
  const { name } = engine;
  const chosen = chosenOf(engine);
  if (chosen.length === 0) return;
  const missing = engine.missing();
  if (missing !== undefined) {
    console.log(`skipped: ${name}: ${missing}`);
    return;
  }
  const present = chosen.filter((row) => {
    const reason = engine.missingRow?.(row);
    if (reason !== undefined) console.log(`skipped: ${name}: ${row}: ${reason}`);
    return reason === undefined;
  });
  const isWhole = present.length === engine.rows.length;
  const before = baseline[name];
  const tools = engine.tools();
  if (values.check && before?.tools !== tools) {
    console.log(`skipped: ${name}: the baseline is of ${before?.tools ?? 'no tools'}; here are ${tools}`);
    return;
  }
  const rows = await measureRows(engine, present, folder, Number(values.jobs));
  const figures = { tools, rows };
  if (before !== undefined && before.tools === tools) {
    const differences = compare(before, figures, isWhole);
    for (const difference of differences) console.log(differenceLine(name, difference));
    if (values.check && differences.some(isFailure)) process.exitCode = 1;
  }
  if (values.check) return;
  baseline = withFigures(baseline, name, figures, isWhole);
  writeFileSync(values.baseline, baselineText(baseline)); // after each engine: nothing is lost when a later one fails
}
