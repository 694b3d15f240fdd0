/**
 * The plots of an experiment: accuracy by round, by bytes and by multiply-accumulates, for each
 * partition, and the density of each layer.
 * @module
 */
import type { AxisSettings } from './axis.js';
import { type ChartLine, type ChartPoint, chartSvg } from './chart.js';
import type { CurvePoint } from './job.js';
import type { ExperimentResult, RowResult } from './runner.js';
import { mean, statistics } from './statistics.js';

export interface Plot {
  readonly file: string;
  readonly svg: string;
}

interface Cost {
  readonly name: string; // in the file's name
  readonly of: (point: CurvePoint) => number; // 0 in float64, but for the round
  readonly axis: AxisSettings;
}

const COSTS: readonly Cost[] = [
  {
    name: 'round',
    of: (point) => point.round,
    axis: { title: 'round', scale: 'linear', format: String },
  },
  {
    name: 'bytes',
    of: (point) => point.bytesUp + point.bytesDown,
    axis: { title: 'bytes up and down, all clients', scale: 'logarithmic', format: (x) => short(x, 'B') },
  },
  {
    name: 'bytes-up',
    of: (point) => point.bytesUp,
    axis: { title: 'bytes up, all clients', scale: 'logarithmic', format: (x) => short(x, 'B') },
  },
  {
    name: 'macs',
    of: (point) => point.macs,
    axis: {
      title: 'multiply-accumulates of training, all clients',
      scale: 'logarithmic',
      format: (x) => short(x, ''),
    },
  },
];

const ACCURACY: AxisSettings = { title: 'test accuracy, %', scale: 'linear', format: String };
/** Between the methods of one layer, in layers. */
const SHIFT = 0.04;
const PREFIXES = ['', 'K', 'M', 'G', 'T', 'P'];

export function plotsOf(result: ExperimentResult): Plot[] {
  const { rows, experiment } = result;
  const partitions = [...new Set(rows.map(({ row }) => row.partition.name))];
  const groups = partitions.map((name) => rows.filter(({ row }) => row.partition.name === name));
  const plots = partitions.flatMap((partition, i) =>
    COSTS.flatMap((cost) => {
      const suffix = groups.length > 1 ? `-${fileName(partition)}` : '';
      const shown =
        cost.name === 'round' ? groups[i] : groups[i].filter(({ row }) => row.arithmetic === 'integer');
      if (shown.length === 0) return [];
      const svg = curveChart(result, partition, shown, cost);
      return [{ file: `accuracy-by-${cost.name}${suffix}.svg`, svg }];
    }),
  );
  const [first] = groups; // densities do not depend on the partition
  return [
    ...plots,
    { file: 'density-by-layer.svg', svg: densityChart(experiment.name, result.layers, first) },
  ];
}

function curveChart(
  { experiment }: ExperimentResult,
  partition: string,
  rows: readonly RowResult[],
  { of, axis }: Cost,
): string {
  const lines = linesOf(rows, ({ runs }) =>
    curveOf(
      runs.map((run) => run.result.curve),
      of,
    ),
  );
  return chartSvg({ title: `${experiment.name}: ${partition}`, x: axis, y: ACCURACY, lines });
}

/** Means over the seeds; every run was evaluated after the same rounds. */
function curveOf(
  curves: readonly (readonly CurvePoint[])[],
  of: (point: CurvePoint) => number,
): ChartPoint[] {
  return curves[0].map((_, i) => {
    const points = curves.map((curve) => curve[i]);
    const { mean: y, sd } = statistics(points.map((point) => 100 * point.accuracy));
    return { x: mean(points.map(of)), y, spread: sd };
  });
}

function densityChart(name: string, layers: readonly string[], rows: readonly RowResult[]): string {
  const lines = linesOf(rows, (result) =>
    layers.map((_, i) => ({
      x: i + SHIFT * (rows.indexOf(result) - (rows.length - 1) / 2), // equal ones side by side
      y: mean(result.runs.map((run) => run.result.layerDensities[i])),
      spread: 0,
    })),
  );
  return chartSvg({
    title: `${name}: weights in use by layer`,
    x: { title: 'layer: inputs × outputs', scale: 'names', names: layers, format: String },
    y: { title: 'density, mean over the rounds', scale: 'logarithmic', format: String },
    lines,
  });
}

/** One line per row; a colour for each method, a dash for each density and variation. */
function linesOf(rows: readonly RowResult[], pointsOf: (row: RowResult) => ChartPoint[]): ChartLine[] {
  const methods = [...new Set(rows.map(({ row }) => row.name))];
  const dashOf = (result: RowResult) =>
    rows.filter(({ row }) => row.name === result.row.name).indexOf(result);
  return rows.map((result) => {
    const { name, variation, arithmetic } = result.row;
    const real = arithmetic === 'float64' ? ', float64' : '';
    const density = result.recipe.density === 1 ? '' : ` ${result.recipe.density}`;
    return {
      name: `${name}${density}${variation === '' ? '' : `, ${variation}`}${real}`,
      colour: methods.indexOf(name),
      dash: dashOf(result),
      points: pointsOf(result),
    };
  });
}

/** KB means 1,000 bytes. */
function short(value: number, unit: string): string {
  const power = Math.max(0, Math.min(PREFIXES.length - 1, Math.floor(Math.log10(value) / 3)));
  const text = `${Number((value / 1000 ** power).toPrecision(3))}`;
  const suffix = `${PREFIXES[power]}${unit}`;
  return suffix === '' ? text : `${text} ${suffix}`;
}

function fileName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9.]+/g, '-');
}
