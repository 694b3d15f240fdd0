/**
 * `npm run bench:kernels`: instructions per training step and example of the kernels in
 * C on rv32imc, net 256-64-10, beside the targets.
 * @module
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKernels } from '../generate.js';
import { ROOT } from '../modules.js';
import { buildDriver, missingFor, TARGETS } from '../target.js';
import { type Measured, measure, total } from './measure.js';
import { type BenchRun, RANDOM } from './work.js';

export interface CountOptions {
  readonly optimize: string; // flag of the compiler
  readonly only?: string; // part of a row's name; all when left out
}

interface Row {
  readonly name: string;
  readonly run: Omit<BenchRun, 'data' | 'isFull'>;
  readonly target: number; // instructions per step and example
}

const ROWS: readonly Row[] = [
  row('swat 0.05, batch 1', 'swat', 0.05, 0.05, 1, 33_000),
  row('swat 0.05, batch 8', 'swat', 0.05, 0.05, 8, 36_000),
  row('swat 0.10, batch 1', 'swat', 0.1, 0.1, 1, 57_000),
  row('swat 0.10, batch 8', 'swat', 0.1, 0.1, 8, 55_000),
  row('sparrow 0.05, batch 1', 'sparrow', 0.05, 0.2, 1, 76_000),
  row('sparrow 0.05, batch 8', 'sparrow', 0.05, 0.05, 8, 38_000),
  row('dense, batch 1', 'dense', 1, 1, 1, 330_000),
  row('dense, batch 8', 'dense', 1, 1, 8, 145_000),
];

function row(
  name: string,
  preset: BenchRun['preset'],
  density: number,
  activationDensity: number,
  batch: number,
  target: number,
): Row {
  return { name, run: { preset, density, activationDensity, batch }, target };
}

/** @throws RangeError for no such row @throws Error where the tools are not installed */
export async function printCounts({ optimize, only = '' }: CountOptions): Promise<void> {
  const chosen = ROWS.filter(({ name }) => name.includes(only));
  if (chosen.length === 0) {
    const names = ROWS.map(({ name }) => `"${name}"`).join(', ');
    throw new RangeError(`only ${only}, expected part of ${names}`);
  }
  const missing = missingFor(TARGETS.rv32);
  if (missing !== undefined) throw new Error(missing);
  const folder = mkdtempSync(join(tmpdir(), 'sparrow-bench-'));
  try {
    generateKernels(folder);
    const driver = await buildDriver(TARGETS.rv32, folder, optimize);
    const fashion = join(ROOT, '../shared/data/fashion14/train.fld');
    const sets = [RANDOM, ...(existsSync(fashion) ? [fashion] : [])];
    for (const { name, run, target } of chosen) {
      for (const data of sets) {
        for (const isFull of data === RANDOM ? [true] : [true, false]) {
          const measured = await measure(driver, { ...run, data, isFull }, folder);
          print(
            name,
            `${data === RANDOM ? RANDOM : 'fashion14'}${isFull ? ', full work' : ''}`,
            target,
            measured,
          );
        }
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function print(name: string, data: string, target: number, measured: Measured): void {
  const sum = Math.round(total(measured));
  const [first, last] = measured.work.layers;
  console.log(
    `${name}, ${data}: ${sum} (target ${target}); steps ${first.columns.toFixed(1)} × ${first.rows.toFixed(1)} and ` +
      `${last.columns.toFixed(1)} × ${last.rows.toFixed(1)}; ${first.alive} units alive; ${measured.work.calls.toFixed(1)} calls`,
  );
  const parts = [...measured.instructions].sort(([, a], [, b]) => b - a);
  console.log(`  ${parts.map(([kernel, n]) => `${kernel} ${Math.round(n)}`).join(', ')}`);
}
