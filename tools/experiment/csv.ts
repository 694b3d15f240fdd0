/**
 * Every run as one line of CSV (RFC 4180): the result and all that is needed to repeat it.
 * @module
 */
import type { ExperimentResult, RowResult } from './runner.js';

type Cell = string | number | undefined;

export function csvOf({ rows }: ExperimentResult): string {
  const records = rows.flatMap(recordsOf);
  const names = [...new Set(records.flatMap((record) => Object.keys(record)))];
  const lines = records.map((record) => names.map((name) => quoted(record[name])).join(','));
  return `${[names.join(','), ...lines].join('\n')}\n`;
}

function recordsOf({ row, runs }: RowResult): Record<string, Cell>[] {
  return runs.map(({ key, code, commit, dataHash, numerics, job, result }) => {
    const { recipe, arithmetic: _, ...settings } = job;
    const { curve, layerDensities, seconds, ...figures } = result;
    const last = curve[curve.length - 1];
    return {
      method: row.name,
      with: row.variation,
      arithmetic: row.arithmetic,
      partitionName: row.partition.name,
      seed: job.seed,
      ...prefixed('result.', figures),
      'result.bytesUp': last.bytesUp,
      'result.bytesDown': last.bytesDown,
      'result.macs': last.macs,
      ...prefixed('recipe.', recipe),
      ...prefixed('job.', settings),
      ...{ key, code, commit, dataHash, numerics },
    };
  });
}

function prefixed(prefix: string, fields: object): Record<string, Cell> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      prefix + name,
      typeof value === 'number' ? value : value === undefined ? undefined : String(value),
    ]),
  );
}

function quoted(cell: Cell): string {
  const text = cell === undefined ? '' : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
