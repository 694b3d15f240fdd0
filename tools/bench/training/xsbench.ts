/**
 * The whole training step on XS, as a process on this machine: x86 instructions counted by callgrind, in byte
 * code or with native kernels.
 * @module
 */
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import { nativeKernels } from '../../kernels-to-c/native.js';
import { type Bits, buildHost } from '../../xs/build.js';
import { bundleForXs } from '../../xs/bundle.js';
import { costOf, runMarked, type Segment } from '../marked.js';
import { type Measured, measuredOf } from '../measured.js';
import { type Case, PERIOD, shortTerms } from './case.js';
import { examplesFor } from './examples.js';
import { hookWeightSteps } from './hook.js';
import { MARK } from './terms.js';

/** As the ESP32 build compiles the engine. */
export const ENGINE_FLAGS = ['-Os', '-fno-inline-functions', '-fno-jump-tables'];

export interface XsBench {
  readonly folder: string; // for dumps
  readonly program: string;
  readonly script: string;
}

/** @param isNative kernels in C */
export async function xsBench(folder: string, bits: Bits, isNative: boolean): Promise<XsBench> {
  const kernels = isNative ? nativeKernels(join(folder, 'kernels')) : undefined;
  const plugins: Plugin[] = [hookWeightSteps(), ...(kernels ? [kernels.plugin] : [])];
  const [program, script] = await Promise.all([
    buildHost(bits, { extra: kernels?.sources, flags: kernels?.flags, engineFlags: ENGINE_FLAGS }),
    bundleForXs(join(import.meta.dirname, 'xs.ts'), plugins),
  ]);
  return { folder, program, script };
}

/** Full work on random inputs; the cost of one selection of weights is spread over PERIOD examples. */
export async function measureXs({ folder, program, script }: XsBench, subject: Case): Promise<Measured> {
  const terms = shortTerms(subject);
  const { perEpoch, description } = terms;
  const { features, labels } = examplesFor('random', description, perEpoch);
  const examples = [perEpoch, features.length / perEpoch, features, labels];
  const call = `bundle.run(${JSON.stringify(JSON.stringify(terms))})`;
  return stepCost(await runMarked({ program, script, examples, call }, folder), perEpoch);
}

/** By what runs: kernels in C, or the engine with everything else. @param steps examples that count */
function stepCost(segments: readonly Segment[], steps: number): Measured {
  const empty = segments.filter(({ mark }) => mark === MARK.empty).reduce((sum, s) => sum + costOf(s), 0);
  const parts = new Map<string, number>();
  const add = (part: string, n: number) => parts.set(part, (parts.get(part) ?? 0) + n);
  for (const { mark, functions } of segments) {
    const examples = mark === MARK.step ? steps : mark === MARK.selection ? PERIOD : 0;
    if (examples === 0) continue;
    add('engine', -empty / examples); // a mark's own cost
    for (const [name, n] of functions) {
      add(name.startsWith('sparrow_') ? 'kernels' : 'engine', n / examples);
    }
  }
  return measuredOf(parts);
}
