/**
 * The whole training step on XS, as a process on this machine: x86 instructions counted by callgrind, in byte
 * code or with native kernels. Where a mark is set callgrind writes a dump, so nothing before or after counts.
 * @module
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import { boardProfile } from '../../../shared/model/boards.js';
import { nativeKernels } from '../../kernels-to-c/native.js';
import { type Bits, buildHost } from '../../xs/build.js';
import { bundleForXs } from '../../xs/bundle.js';
import { XsHost } from '../../xs/host.js';
import { functionCosts } from '../callgrind.js';
import { type Measured, measuredOf } from '../measured.js';
import { type Case, PERIOD, termsOf } from './case.js';
import { examplesFor } from './examples.js';
import { hookWeightSteps } from './hook.js';
import { MARK } from './terms.js';

/** As the ESP32 build compiles the engine. */
export const ENGINE_FLAGS = ['-Os', '-fno-inline-functions', '-fno-jump-tables'];

/** The function of the host that a mark calls. */
const MARKED = 'xs_nowMs';

/** As many as a batch of 16 or two of 8: a step in byte code takes callgrind seconds. */
const EXAMPLES = 16;

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
  const own = mkdtempSync(join(folder, 'dumps-'));
  const board = boardProfile('esp32-s3-psram');
  const host = new XsHost({
    program,
    script,
    under: [
      ...['valgrind', '--tool=callgrind', `--callgrind-out-file=${join(own, 'dump')}`],
      `--dump-before=${MARKED}`,
    ],
  });
  try {
    const stretch = { isFull: true, perEpoch: EXAMPLES, from: EXAMPLES, to: 2 * EXAMPLES };
    const slices = { reselectEvery: 2 * EXAMPLES, sliceMacs: board.sliceMacs };
    const terms = termsOf(subject, { ...stretch, ...slices });
    const { features, labels } = examplesFor('random', terms.description, EXAMPLES);
    host.store('examples', [EXAMPLES, features.length / EXAMPLES, features, labels]);
    const marks = await host.evaluateBytes(`bundle.run(${JSON.stringify(JSON.stringify(terms))})`);
    return sumOf(own, [...marks]);
  } finally {
    await host.close();
    rmSync(own, { recursive: true, force: true });
  }
}

/** Dump i + 2 is what came after mark i: the first is what came before all of them. */
function sumOf(folder: string, marks: readonly number[]): Measured {
  const sums = new Map<number, Map<string, number>>();
  const counts = new Map<number, number>();
  marks.slice(0, -1).forEach((mark, i) => {
    const own = sums.get(mark) ?? new Map<string, number>();
    sums.set(mark, own);
    counts.set(mark, (counts.get(mark) ?? 0) + 1);
    for (const [name, n] of functionCosts(readFileSync(join(folder, `dump.${i + 2}`), 'utf8'))) {
      const part = partOf(name);
      own.set(part, (own.get(part) ?? 0) + n);
    }
  });
  const empty = total(sums.get(MARK.empty));
  const perExample = new Map<string, number>();
  for (const [mark, examples] of [
    [MARK.step, EXAMPLES],
    [MARK.selection, PERIOD],
  ] as const) {
    const own = sums.get(mark) ?? new Map<string, number>();
    own.set('engine', (own.get('engine') ?? 0) - empty * (counts.get(mark) ?? 0));
    for (const [part, n] of own) perExample.set(part, (perExample.get(part) ?? 0) + n / examples);
  }
  return measuredOf(perExample);
}

function total(parts: ReadonlyMap<string, number> | undefined): number {
  return [...(parts?.values() ?? [])].reduce((sum, n) => sum + n, 0);
}

function partOf(name: string): string {
  return name.startsWith('sparrow_') ? 'kernels' : 'engine';
}
