/**
 * The folder of an experiment: the journal of its runs, and what is written from them at the end.
 * @module
 */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { csvOf } from './csv.js';
import { Journal } from './journal.js';
import { plotsOf } from './plot.js';
import type { ExperimentResult } from './runner.js';
import { markdownPage } from './table.js';

export function openJournal(folder: string): Journal {
  mkdirSync(folder, { recursive: true });
  return new Journal(join(folder, 'runs.jsonl'));
}

/**
 * Equal results are equal files, byte for byte: nothing here depends on time or machine.
 * @returns the files' names
 */
export function writeResult(folder: string, result: ExperimentResult): string[] {
  const plots = plotsOf(result);
  const files: Record<string, string> = {
    'results.csv': csvOf(result),
    'results.json': `${JSON.stringify(jsonOf(result), undefined, 1)}\n`,
    'table.md': markdownPage(
      result,
      plots.map((plot) => plot.file),
    ),
  };
  for (const { file, svg } of plots) files[file] = svg;
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    writeFileSync(`${path}.part`, text);
    renameSync(`${path}.part`, path);
  }
  return Object.keys(files);
}

function jsonOf({ experiment, layers, rows }: ExperimentResult): unknown {
  const { rows: _, ...settings } = experiment;
  return {
    experiment: settings,
    layers,
    rows: rows.map(({ runs, ...row }) => ({
      ...row,
      runs: runs.map(({ result: { seconds, ...result }, ...run }) => ({ ...run, result })),
    })),
  };
}
