/**
 * The whole training step on XS on a bare RISC-V chip, rv32imc under QEMU: byte code or native kernels, in
 * exact instructions.
 * @module
 */
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import { nativeKernels } from '../../kernels-to-c/native.js';
import { runBare } from '../../xs/bare/bare.js';
import { buildBare } from '../../xs/bare/build.js';
import { bundleForXs } from '../../xs/bundle.js';
import { type Measured, measuredOf } from '../measured.js';
import type { BareInput } from './bare.js';
import { CASES, type Case, PERIOD, shortTerms } from './case.js';
import { examplesFor } from './examples.js';
import { hookWeightSteps } from './hook.js';
import { MARK } from './terms.js';

const TIMEOUT_S = 600;

/** Engine and kernels, as firmware is built. */
export const OPTIMIZE = '-Os';

export interface BareBench {
  readonly script: string;
  readonly program: string;
  /** Instructions of a run that counts nothing, and of each time that it does so. */
  readonly empty: { readonly once: number; readonly each: number };
}

/** @param folder for kernels */
export async function bareBench(folder: string, native: boolean): Promise<BareBench> {
  const kernels = native ? nativeKernels(folder) : undefined;
  const plugins: Plugin[] = [hookWeightSteps(), ...(kernels ? [kernels.plugin] : [])];
  const program = await buildBare(OPTIMIZE, kernels);
  const script = await bundleForXs(join(import.meta.dirname, 'bare.ts'), plugins);
  const [one, two] = [await nothing(1), await nothing(2)];
  return { script, program, empty: { once: 2 * one - two, each: two - one } };

  async function nothing(times: number): Promise<number> {
    const terms = shortTerms(CASES[0]);
    return (await runOnce(script, program, { terms, counted: MARK.empty, times })).instructions;
  }
}

/** Full work on random inputs; the cost of one selection of weights is spread over PERIOD examples. */
export async function measureBare(bench: BareBench, subject: Case): Promise<Measured> {
  const { script, program, empty } = bench;
  const terms = shortTerms(subject);
  const count = async (counted: BareInput['counted']) => {
    const { instructions, times } = await runOnce(script, program, { terms, counted, times: 0 });
    return instructions - empty.once - times * empty.each;
  };
  const parts = new Map([['step', (await count(MARK.step)) / terms.perEpoch]]);
  if (subject.preset !== 'dense') parts.set('selection', (await count(MARK.selection)) / PERIOD);
  return measuredOf(parts);
}

async function runOnce(
  script: string,
  program: string,
  input: BareInput,
): Promise<{ instructions: number; times: number }> {
  const { perEpoch, description } = input.terms;
  const { features, labels } = examplesFor('random', description, perEpoch);
  const { instructions, result } = await runBare({
    ...{ bundle: script, program, timeoutS: TIMEOUT_S },
    input: Buffer.from(JSON.stringify(input)),
    flash: [['examples', [perEpoch, features.length / perEpoch, features, labels]]],
  });
  return { instructions, times: Number(Buffer.from(result).toString()) };
}
