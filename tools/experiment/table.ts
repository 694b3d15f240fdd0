/**
 * An experiment's result as a Markdown page: one line per row, the rates that were tried, the plots,
 * and what is needed to repeat it.
 * @module
 */
import { basename } from 'node:path';
import type { RateTrial } from './rate.js';
import type { ExperimentResult, RowResult } from './runner.js';
import { mean, type PairedDifference } from './statistics.js';

const HEADER = [
  'method',
  'density',
  'partition',
  'rate',
  'seeds',
  'accuracy %',
  'difference',
  'update B: mean, last, most',
  'down B',
  'MAC/example (of dense)',
];

/** A page of its own. @param plots file names of the plots to show */
export function markdownPage(result: ExperimentResult, plots: readonly string[]): string {
  return `# ${result.experiment.name}\n\n${markdownSection(result, plots)}\n`;
}

/** The same without a title. */
export function markdownSection(result: ExperimentResult, plots: readonly string[]): string {
  const { experiment, rows } = result;
  const parts = [
    experiment.about,
    markdownTable(result),
    legend(result),
    ratesTable(rows),
    plots.map((file) => `![${altOf(file)}](${file})`).join('\n'),
    origin(rows),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function altOf(file: string): string {
  return basename(file, '.svg').replaceAll('-', ' ');
}

export function markdownTable({ experiment, rows }: ExperimentResult): string {
  const columns = [
    ...HEADER.slice(0, 3),
    rows.some(({ row }) => row.variation !== '') ? 'with' : undefined,
    rows.some(isReal) ? 'arithmetic' : undefined,
    ...HEADER.slice(3, 7),
    rows.some(({ toFloat64 }) => toFloat64) ? 'to float64' : undefined,
    ...HEADER.slice(7),
  ];
  const lines = rows.map((result) => cellsOf(result, experiment.seeds.length));
  const shown = <T>(cells: readonly T[]) => cells.filter((_, i) => columns[i] !== undefined);
  return table(shown(columns) as string[], lines.map(shown));
}

/** One cell for every column there may be. */
function cellsOf(result: RowResult, seeds: number): string[] {
  const { row, recipe, accuracy, runs } = result;
  const results = runs.map((run) => run.result);
  const of = (value: (result: (typeof results)[number]) => number) => mean(results.map(value));
  const density = of((result) => result.density);
  const isConstant = Math.abs(density - recipe.density) < 0.01 * recipe.density; // else a ramp
  const costs = () => {
    const updates = [
      of((result) => result.updateBytes),
      of((result) => result.updateBytesLast),
      Math.max(...results.map((each) => each.updateBytesMost)),
    ];
    const macs = of((result) => result.macsPerExample);
    const share = macs / of((result) => result.denseMacsPerExample);
    return [
      updates.map(whole).join(' / '),
      whole(of((result) => result.downBytes)),
      `${whole(macs)} (${(100 * share).toFixed(0)} %)`,
    ];
  };
  return [
    row.name,
    isConstant ? String(recipe.density) : `${recipe.density} (mean ${density.toPrecision(2)})`,
    row.partition.name,
    row.variation,
    row.arithmetic,
    String(recipe.rate),
    String(seeds),
    `${accuracy.mean.toFixed(2)} ± ${accuracy.sd.toFixed(2)}`,
    differenceText(result.difference),
    differenceText(result.toFloat64),
    ...(isReal(result) ? ['', '', ''] : costs()),
  ];
}

function isReal({ row }: RowResult): boolean {
  return row.arithmetic === 'float64';
}

/** `+0.31 ± 0.12`, in points; empty where nothing is compared. */
export function differenceText(difference: PairedDifference | undefined): string {
  if (difference === undefined) return '';
  return `${signed(difference.mean)} ± ${difference.pairs > 1 ? difference.error.toFixed(2) : '?'}`;
}

function legend({ experiment, rows }: ExperimentResult): string {
  const { rounds } = rows[0].recipe;
  const based = rows.find(({ row }) => row.base !== undefined);
  const base = based === undefined ? '' : rows[based.row.base as number].row.name;
  const pairs =
    base === '' ? '' : ` Difference: to ${base} in points, seed by seed, ± standard error of the mean.`;
  const twins = rows.some(({ toFloat64 }) => toFloat64)
    ? ' To float64: integers less real numbers in the same federation, in the same way. Real numbers have no frames, and their work is not counted.'
    : '';
  return (
    `Data ${experiment.data}, ${experiment.cohort} clients per round, ${rounds} rounds, seeds ${experiment.seeds.join(', ')}. ` +
    'Accuracy: mean over seeds ± sample standard deviation, each the mean of the last three rounds on ' +
    `${experiment.validate ? 'held-back training examples' : 'the test set'}.` +
    `${pairs}${twins} Bytes: whole frames with their headers per client and round; up the update (mean over all rounds, mean of the last round, largest), down plan, model and verdict. ` +
    'MAC: multiply-accumulates of training one example.'
  );
}

/** Held-back accuracy at every rate tried; empty where no rate was chosen. */
function ratesTable(rows: readonly RowResult[]): string {
  const tuned = rows.filter(({ trials }) => trials.length > 0);
  if (tuned.length === 0) return '';
  const rates = [...new Set(tuned.flatMap(({ trials }) => trials.map((trial) => trial.rate)))];
  rates.sort((a, b) => a - b);
  const lines = tuned.map(({ row, recipe, trials }) => [
    row.name,
    String(recipe.density),
    row.variation === '' ? row.partition.name : `${row.partition.name}, ${row.variation}`,
    ...rates.map((rate) =>
      rateCell(
        trials.find((trial) => trial.rate === rate),
        rate === recipe.rate,
      ),
    ),
  ]);
  const title = 'Accuracy % on held-back training examples by learning rate; the best is used above.';
  return `${title}\n\n${table(['method', 'density', 'partition', ...rates.map(String)], lines)}`;
}

function rateCell(trial: RateTrial | undefined, isBest: boolean): string {
  if (trial === undefined) return '';
  const text = trial.accuracy.mean.toFixed(2);
  return isBest ? `**${text}**` : text;
}

function origin(rows: readonly RowResult[]): string {
  const runs = rows.flatMap((row) => row.runs);
  const each = (of: (run: (typeof runs)[number]) => string | number) =>
    [...new Set(runs.map(of))].sort().join(', ');
  return (
    `Made by commit ${each((run) => run.commit)} (code ${each((run) => run.code)}), ` +
    `numerics version ${each((run) => run.numerics)}, data ${each((run) => run.dataHash)}.`
  );
}

function table(header: readonly string[], lines: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(header), `|${'---|'.repeat(header.length)}`, ...lines.map(line)].join('\n');
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function signed(value: number): string {
  const text = Math.abs(value).toFixed(2);
  return `${value < 0 && Number(text) > 0 ? '−' : '+'}${text}`;
}
