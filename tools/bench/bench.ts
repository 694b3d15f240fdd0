/**
 * `npm run bench`: what a training step costs, in exact counts, on every engine that is installed. It writes the
 * baseline and the tables of docs/benchmarks.md; with --check it compares with the baseline and writes nothing;
 * with --tables it only makes the tables anew.
 * @module
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFrom } from '../datasets/file.js';
import { ROOT } from '../kernels-to-c/modules.js';
import {
  type Baseline,
  baselineText,
  compare,
  differenceLine,
  isFailure,
  parseBaseline,
  withFigures,
} from './baseline.js';
import type { Engine } from './engine.js';
import { enginesWith } from './engines.js';
import { fillTables } from './page.js';
import { measureRows } from './run.js';

const PAGE = join(ROOT, 'docs/benchmarks.md');

export interface BenchOptions {
  readonly check: boolean;
  readonly tables: boolean;
  readonly only?: string; // part of a row's name; all when left out
  readonly baseline: string; // path
  readonly peers?: string; // folder
  readonly jobs: number;
}

/** @throws RangeError in one line, before anything is measured: no such row, or no baseline */
export async function benchAll(options: BenchOptions): Promise<void> {
  const { only, peers = '', tables, check } = options;
  let baseline = readBaseline(options.baseline);
  const engines = enginesWith(peers);
  if (!engines.some((engine) => chosenOf(engine, only).length > 0)) {
    throw new RangeError(`only ${only}, expected part of a row's name such as "kernels: 256-64-10"`);
  }
  if (!tables) {
    const folder = mkdtempSync(join(tmpdir(), 'sparrow-bench-'));
    try {
      for (const engine of engines) {
        baseline = await bench(engine, baseline, options, mkdtempSync(join(folder, 'engine-')));
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  if (!check) writeFileSync(PAGE, fillTables(readFileSync(PAGE, 'utf8'), baseline));
}

function readBaseline(path: string): Baseline {
  if (!existsSync(path)) {
    throw new RangeError(`baseline ${path}: no such file, expected one of this bench, or {} to begin with`);
  }
  return readFrom(path, (bytes) => parseBaseline(Buffer.from(bytes).toString()));
}

function chosenOf({ name, rows }: Engine, only = ''): string[] {
  return rows.filter((row) => `${name}: ${row}`.includes(only));
}

/** @returns the baseline with the engine's figures; as it was with --check, or where nothing could be measured */
async function bench(
  engine: Engine,
  baseline: Baseline,
  { check, only, jobs, baseline: path }: BenchOptions,
  folder: string,
): Promise<Baseline> {
  const { name } = engine;
  const chosen = chosenOf(engine, only);
  if (chosen.length === 0) return baseline;
  const missing = engine.missing();
  if (missing !== undefined) {
    console.log(`skipped: ${name}: ${missing}`);
    return baseline;
  }
  const present = chosen.filter((row) => {
    const reason = engine.missingRow?.(row);
    if (reason !== undefined) console.log(`skipped: ${name}: ${row}: ${reason}`);
    return reason === undefined;
  });
  const isWhole = present.length === engine.rows.length;
  const before = baseline[name];
  const tools = engine.tools();
  if (check && before?.tools !== tools) {
    console.log(`skipped: ${name}: the baseline is of ${before?.tools ?? 'no tools'}; here are ${tools}`);
    return baseline;
  }
  const rows = await measureRows(engine, present, folder, jobs);
  const figures = { tools, rows };
  if (before !== undefined && before.tools === tools) {
    const differences = compare(before, figures, isWhole);
    for (const difference of differences) console.log(differenceLine(name, difference));
    if (check && differences.some(isFailure)) process.exitCode = 1;
  }
  if (check) return baseline;
  const next = withFigures(baseline, name, figures, isWhole);
  writeFileSync(path, baselineText(next)); // after each engine: nothing is lost when a later one fails
  return next;
}
