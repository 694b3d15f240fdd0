/**
 * The tables of docs/benchmarks.md. What was not measured is a dash.
 * @module
 */
import { layoutOf } from '../../shared/model/layout.js';
import { type Baseline, format } from './baseline.js';
import { CITED } from './cited.js';
import { markdownTable } from './markdown.js';
import type { Measured } from './measured.js';
import { TARGETS } from './targets.js';
import { CASES, type Case, caseName, MODELS, methodName } from './training/case.js';
import type { KernelsMeasured } from './training/kernels.js';

export const TABLES: Readonly<Record<string, (baseline: Baseline) => string>> = {
  targets,
  kernels: (baseline) => sideBySide(baseline, 'kernels'),
  'xs+c': (baseline) => sideBySide(baseline, 'xs+c'),
  xs: (baseline) => sideBySide(baseline, 'xs'),
  'xs+c rv32': (baseline) => sideBySide(baseline, 'xs+c rv32'),
  'xs rv32': (baseline) => sideBySide(baseline, 'xs rv32'),
  share,
  peers,
  ram,
  work,
  phases,
};

const NOTHING = '–';

/** Methods as columns, dense beside sparse; in brackets how many times less than dense. */
function sideBySide(baseline: Baseline, engine: string): string {
  const figures = baseline[engine];
  if (figures === undefined) return `Not measured yet.`;
  const methods = [...new Set(CASES.map(methodName))];
  const groups = [...new Set(CASES.map(groupName))];
  const rows = groups.map((group) => {
    const cases = CASES.filter((subject) => groupName(subject) === group);
    const dense = cases.find(({ preset }) => preset === 'dense') as Case;
    const base = figures.rows[caseName(dense)]?.value;
    return [
      group,
      ...methods.map((method) => {
        const subject = cases.find((candidate) => methodName(candidate) === method) as Case;
        const value = figures.rows[caseName(subject)]?.value;
        if (value === undefined) return NOTHING;
        return subject === dense || base === undefined
          ? format(value)
          : `${format(value)} (${times(base / value)})`;
      }),
    ];
  });
  return `${markdownTable(['network', ...methods], rows)}\n\n${figures.tools}`;
}

function groupName({ model, batch }: Case): string {
  const { layers } = layoutOf(MODELS[model]);
  const weights = layers.reduce((sum, layer) => sum + layer.weights.length, 0);
  return `${model} (${format(weights)} weights), batch ${batch}`;
}

function times(ratio: number): string {
  return `${ratio < 10 ? ratio.toFixed(1) : ratio.toFixed(0)}×`;
}

function targets(baseline: Baseline): string {
  const rows = TARGETS.map(({ name, limit, isLeast, figureOf, unit }) => {
    const value = figureOf(baseline);
    const shown = `${isLeast ? 'at least' : 'at most'} ${format(limit)}${unit}`;
    if (value === undefined) return [name, shown, NOTHING, NOTHING];
    const isMet = isLeast ? value >= limit : value <= limit;
    const off = Math.abs(100 * (value / limit - 1));
    const percent = off.toFixed(off < 1 ? 1 : 0);
    const digits = value < 100 ? value.toFixed(1) : format(Math.round(value));
    return [name, shown, `${digits}${unit}`, isMet ? 'met' : `missed by ${percent} %`];
  });
  return markdownTable(['256-64-10', 'target', 'measured', ''], rows);
}

function ram(baseline: Baseline): string {
  const figures = baseline.ram;
  if (figures === undefined) return 'Not measured yet.';
  const rows = CASES.filter(({ batch, model }) => batch === 8 || model === '256-64-10').map((subject) => {
    const measured = figures.rows[caseName(subject)];
    const cells =
      measured &&
      [measured.parts.training, measured.parts.update, measured.parts.engine, measured.value].map(format);
    return [caseName(subject), ...(cells ?? [NOTHING, NOTHING, NOTHING, NOTHING])];
  });
  const header = ['bytes', 'buffers in training', 'of the update', 'engine, client, stack', 'peak'];
  return `${markdownTable(header, rows)}\n\n${figures.tools}`;
}

/** Full work beside what happens, with how much was touched. */
function work(baseline: Baseline): string {
  const rows = CASES.filter(({ model }) => model === '256-64-10').map((subject) => {
    const name = caseName(subject);
    const all = ['', '; fashion14, full work', '; fashion14, as trained'].map((end) =>
      kernelsRow(baseline, name + end),
    );
    const [random, , trained] = all;
    return [
      name.replace('256-64-10, ', ''),
      ...all.map((measured) => (measured === undefined ? NOTHING : format(measured.value))),
      touched(random),
      touched(trained),
    ];
  });
  const header = [
    'instructions',
    'full work, random inputs',
    'full work, fashion14',
    'as trained, fashion14',
  ];
  return markdownTable([...header, 'columns × rows, random', 'columns × rows, as trained'], rows);
}

function kernelsRow(baseline: Baseline, row: string): KernelsMeasured | undefined {
  return baseline.kernels?.rows[row] as KernelsMeasured | undefined;
}

function touched(measured: KernelsMeasured | undefined): string {
  if (measured === undefined) return NOTHING;
  const [{ columns, rows }] = measured.layers;
  return `${columns.toFixed(1)} × ${rows.toFixed(1)}`;
}

function phases(baseline: Baseline): string {
  const subjects = CASES.filter(({ model }) => model === '256-64-10');
  const found = subjects.map((subject): Measured | undefined => kernelsRow(baseline, caseName(subject)));
  const names = [...new Set(found.flatMap((measured) => Object.keys(measured?.parts ?? {})))];
  const sum = (name: string) => found.reduce((all, measured) => all + (measured?.parts[name] ?? 0), 0);
  names.sort((a, b) => sum(b) - sum(a));
  const rows = subjects.map((subject, i) => [
    caseName(subject).replace('256-64-10, ', ''),
    ...names.map((name) => format(found[i]?.parts[name] ?? 0)),
  ]);
  return markdownTable(['instructions', ...names], rows);
}

/** From the plainest trainer in float to ours: what integers and plain C give, and what sparsity gives. */
function share(baseline: Baseline): string {
  const ours = (preset: Case['preset'], density: number, batch: number) =>
    baseline.kernels?.rows[caseName({ model: '256-64-10', preset, density, batch })]?.value;
  const float = (row: string) => baseline['float c rv32']?.rows[row]?.value;
  const rows = [1, 8].map((batch) => {
    const dense = ours('dense', 1, batch);
    const sparse = ours('sparrow', 0.05, batch);
    const [soft, fpu] = ['rv32imc', 'rv32imfc'].map((chip) => float(`${chip}, batch ${batch}`));
    return [
      `batch ${batch}`,
      ...[soft, fpu, dense, sparse].map((value) => (value === undefined ? NOTHING : format(value))),
      ratioOf(soft, dense),
      ratioOf(fpu, dense),
      ratioOf(dense, sparse),
      ratioOf(fpu, sparse),
    ];
  });
  const header = [
    '256-64-10, rv32',
    'float C, soft float',
    'float C, FPU',
    'ours dense',
    'ours sparrow 0.05',
  ];
  return markdownTable(
    [...header, 'integers: soft float / dense', 'FPU / dense', 'sparsity: dense / sparrow', 'FPU / sparrow'],
    rows,
  );
}

function ratioOf(over: number | undefined, under: number | undefined): string {
  return over === undefined || under === undefined ? NOTHING : times(over / under);
}

function peers(baseline: Baseline): string {
  const sparse = caseName({ model: '256-64-10', preset: 'sparrow', density: 0.05, batch: 1 });
  const eight = caseName({ model: '256-64-10', preset: 'sparrow', density: 0.05, batch: 8 });
  const dense = caseName({ model: '256-64-10', preset: 'dense', density: 1, batch: 8 });
  const from = (engine: string, row: string) => baseline[engine]?.rows[row]?.value;
  const lines: [string, string, number | undefined][] = [
    ...CITED,
    ...['rv32imc', 'rv32imfc'].flatMap((chip) =>
      [1, 8].map((batch): [string, string, number | undefined] => [
        `plain float C, batch ${batch}`,
        chip === 'rv32imc' ? 'rv32imc, soft float' : 'rv32imfc, FPU',
        from('float c rv32', `${chip}, batch ${batch}`),
      ]),
    ),
    ['**ours, sparrow 0.05, kernels, batch 1**', 'rv32imc', from('kernels', sparse)],
    ['**ours, sparrow 0.05, kernels, batch 8**', 'rv32imc', from('kernels', eight)],
    ['**ours, dense, kernels, batch 8**', 'rv32imc', from('kernels', dense)],
    ['**ours, sparrow 0.05, whole step, XS and C, batch 8**', 'rv32imc', from('xs+c rv32', eight)],
    ['FANN, batch 1', 'x86-64, FPU', from('FANN', 'batch 1')],
    ['plain float C, batch 1', 'x86-64, FPU', from('float c x86', 'batch 1')],
    ['**ours, sparrow 0.05, whole step, XS and C, batch 8**', 'x86-64', from('xs+c', eight)],
    ['TensorFlow.js, batch 1', 'XS on x86-64', from('tfjs', 'batch 1')],
    ['brain.js, batch 1', 'XS on x86-64', from('brain.js', 'batch 1')],
    ['plain float JavaScript, batch 1', 'XS on x86-64', from('float js', 'batch 1')],
    ['**ours, dense, byte code, batch 8**', 'XS on x86-64', from('xs', dense)],
    ['**ours, sparrow 0.05, byte code, batch 8**', 'XS on x86-64', from('xs', eight)],
  ];
  const rows = lines.map(([name, machine, value]) => [
    name,
    machine,
    value === undefined ? NOTHING : format(value),
  ]);
  const tools = ['FANN', 'brain.js', 'tfjs', 'float c rv32', 'float c x86'].map(
    (name) => baseline[name]?.tools,
  );
  const table = markdownTable(['256-64-10', 'machine', 'instructions per example'], rows);
  return `${table}\n\n${[...new Set(tools.filter((words) => words !== undefined))].join('; ')}`;
}
