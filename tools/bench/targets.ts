/**
 * What the project set out to reach, for the network 256-64-10, and where each figure comes from.
 * @module
 */
import type { PresetName } from '../../shared/model/recipe.js';
import type { Baseline } from './baseline.js';
import { AIFES_FPU_1, AIFES_FPU_16 } from './cited.js';
import { caseName } from './training/case.js';

export interface Target {
  readonly name: string;
  readonly limit: number;
  readonly unit: string;
  readonly isLeast: boolean; // else at most
  readonly figureOf: (baseline: Baseline) => number | undefined;
}

/** Weights of 256-64-10. */
const WEIGHTS = 256 * 64 + 64 * 10;

function figure(
  baseline: Baseline,
  engine: string,
  preset: PresetName,
  density: number,
  batch: number,
): number | undefined {
  return baseline[engine]?.rows[caseName({ model: '256-64-10', preset, density, batch })]?.value;
}

/** The limits are of a step on an example that is in its place: copying it there is not in them. */
function stepFigure(
  baseline: Baseline,
  preset: PresetName,
  density: number,
  batch: number,
): number | undefined {
  const measured = baseline.kernels?.rows[caseName({ model: '256-64-10', preset, density, batch })];
  return measured && measured.value - (measured.parts.examples ?? 0);
}

function kernels(preset: PresetName, density: number, batch: number, limit: number): Target {
  const words = preset === 'dense' ? 'dense' : `${preset} ${density.toFixed(2)}`;
  return {
    name: `kernels in C on rv32imc: ${words}, batch ${batch}`,
    ...{ limit, unit: '', isLeast: false },
    figureOf: (baseline) => stepFigure(baseline, preset, density, batch),
  };
}

function ratio(over: number | undefined, under: number | undefined): number | undefined {
  return over === undefined || under === undefined ? undefined : over / under;
}

/** Of single examples and batches of 8, byte code. */
function best(baseline: Baseline, preset: PresetName, density: number): number | undefined {
  const all = [1, 8].map(
    (batch) => figure(baseline, 'xs', preset, density, batch) ?? Number.POSITIVE_INFINITY,
  );
  const least = Math.min(...all);
  return Number.isFinite(least) ? least : undefined;
}

export const TARGETS: readonly Target[] = [
  kernels('swat', 0.05, 1, 33_000),
  kernels('swat', 0.05, 8, 36_000),
  kernels('swat', 0.1, 1, 57_000),
  kernels('swat', 0.1, 8, 55_000),
  kernels('sparrow', 0.05, 1, 76_000),
  kernels('sparrow', 0.05, 8, 38_000),
  kernels('dense', 1, 1, 330_000),
  kernels('dense', 1, 8, 145_000),
  {
    name: 'sparrow 0.05, batch 1, against the best peer with an FPU at batch 1',
    ...{ limit: 27, unit: '×', isLeast: true },
    figureOf: (baseline) => ratio(AIFES_FPU_1, stepFigure(baseline, 'sparrow', 0.05, 1)),
  },
  {
    name: 'sparrow 0.05, batch 8, against the same peer at its batch 16',
    ...{ limit: 20, unit: '×', isLeast: true },
    figureOf: (baseline) => ratio(AIFES_FPU_16, stepFigure(baseline, 'sparrow', 0.05, 8)),
  },
  {
    name: 'XS byte code on x86, dense, better batch, for each weight',
    ...{ limit: 3_200, unit: '', isLeast: false },
    figureOf: (baseline) => ratio(best(baseline, 'dense', 1), WEIGHTS),
  },
  {
    name: 'XS byte code on x86, swat 0.05, better batch, for each weight',
    ...{ limit: 400, unit: '', isLeast: false },
    figureOf: (baseline) => ratio(best(baseline, 'swat', 0.05), WEIGHTS),
  },
  {
    name: 'the same against our own best dense step',
    ...{ limit: 8, unit: '×', isLeast: true },
    figureOf: (baseline) => ratio(best(baseline, 'dense', 1), best(baseline, 'swat', 0.05)),
  },
  {
    name: 'RAM: buffers in training, sparrow 0.05, batch 8, bytes',
    ...{ limit: 60_000, unit: '', isLeast: false },
    figureOf: (baseline) => ram(baseline, ['training']),
  },
  {
    name: 'RAM: those with engine, client and stack, bytes',
    ...{ limit: 60_000, unit: '', isLeast: false },
    figureOf: (baseline) => ram(baseline, ['training', 'engine']),
  },
];

function ram(baseline: Baseline, parts: readonly string[]): number | undefined {
  const name = caseName({ model: '256-64-10', preset: 'sparrow', density: 0.05, batch: 8 });
  const measured = baseline.ram?.rows[name];
  return measured && parts.reduce((sum, part) => sum + measured.parts[part], 0);
}
