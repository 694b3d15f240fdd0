/**
 * The kernels alone, in C on rv32imc under QEMU: every call of a training is recorded on Node and replayed.
 * @module
 */
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateKernels } from '../../kernels-to-c/generate.js';
import { recordCalls } from '../../kernels-to-c/record.js';
import { buildDriver, type Driver, TARGETS } from '../../kernels-to-c/target.js';
import { type Measured, measuredOf } from '../measured.js';
import { type Case, PERIOD, termsOf } from './case.js';
import type { DataName } from './examples.js';
import { hookWeightSteps } from './hook.js';
import { byPhase } from './phase.js';
import { RECORDING, type RecordedWork, type Recording } from './recording.js';
import type { LayerWork } from './terms.js';

/** Three periods of re-selection after two others, when as many weights move in as out. */
const FROM = 2 * PERIOD;
const TO = 5 * PERIOD;

export interface KernelsMeasured extends Measured {
  readonly calls: number; // of kernels, per example
  readonly layers: readonly LayerWork[];
}

export interface KernelBench {
  readonly folder: string; // for traces
  readonly driver: Driver;
}

/** @param folder for what is built */
export async function kernelBench(folder: string): Promise<KernelBench> {
  generateKernels(folder);
  return { folder, driver: await buildDriver(TARGETS.rv32, folder) };
}

export async function measureKernels(
  { folder, driver }: KernelBench,
  subject: Case,
  data: DataName,
  isFull: boolean,
): Promise<KernelsMeasured> {
  const own = mkdtempSync(join(folder, 'trace-'));
  const trace = join(own, 'trace');
  const workFile = join(own, 'work.json');
  const stretch = { isFull, perEpoch: TO + PERIOD, from: FROM, to: TO, reselectEvery: PERIOD };
  const terms = termsOf(subject, { ...stretch, sliceMacs: 1 << 30 });
  const recording: Recording = { terms, data, workFile };
  const variables = { [RECORDING]: JSON.stringify(recording) };
  await recordCalls(trace, ['tools/bench/training/node.ts'], variables, [hookWeightSteps()]);
  const { kernels } = await driver.run(trace);
  const { calls, layers } = JSON.parse(readFileSync(workFile, 'utf8')) as RecordedWork;
  const examples = TO - FROM;
  const costs = new Map([...kernels].map(([name, { instructions }]) => [name, instructions / examples]));
  return { ...measuredOf(byPhase(costs)), calls: calls / examples, layers };
}
