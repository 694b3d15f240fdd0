/**
 * The engines that every golden run must give the same bits on, from V8 to a bare RISC-V chip.
 * @module
 */
import { join } from 'node:path';
import { nativeKernels } from '../../tools/kernels-to-c/native.js';
import type { SkipKind } from '../../tools/test/skip.js';
import { missingForBare, runBare } from '../../tools/xs/bare/bare.js';
import { type Bits, buildHost, compiles, missingForHost } from '../../tools/xs/build.js';
import { bundleForXs } from '../../tools/xs/bundle.js';
import { findXs, XsEngine } from '../../tools/xs/engine.js';
import { XsHost } from '../../tools/xs/host.js';
import { type GoldenHashes, hashesOf } from './hash.js';
import { goldenRun, METHOD_NAMES, NAMES, WIDE_NAMES, ZOO_NAMES } from './run.js';

export interface Engine {
  readonly name: string;
  /** What is skipped where it is missing. */
  readonly kind: SkipKind;
  /** Why it cannot run here, or undefined where it can. */
  readonly missing: () => string | undefined;
  /** Runs that every change is held against; the others take too long for that. */
  readonly quick: readonly string[];
  /** @param folder for files that it makes */
  readonly open: (folder: string) => Promise<OpenEngine>;
}

export interface OpenEngine {
  run(name: string): Promise<GoldenHashes>;
  close(): Promise<void>;
}

const SLICE_MACS = 1001;
const RUN = join(import.meta.dirname, 'run.ts');
const BARE = join(import.meta.dirname, 'bare.ts');

/** Of a run on bare hardware, under QEMU: minutes, for byte code and images. */
const BARE_TIMEOUT_S = 1800;

export const ENGINES: readonly Engine[] = [
  {
    name: 'Node',
    kind: 'xs',
    missing: () => undefined,
    quick: NAMES,
    open: async () => ({
      run: async (name) => hashesOf(goldenRun(name, SLICE_MACS)),
      close: async () => {},
    }),
  },
  {
    name: 'XS of @agoric/xsnap, byte code',
    kind: 'xs',
    missing: () => (findXs() === undefined ? 'the XS engine is not built' : undefined),
    quick: [...METHOD_NAMES, ...WIDE_NAMES],
    open: openXsnap,
  },
  host('XS with 32 bits, byte code', 32, false, [
    ...METHOD_NAMES.filter((_, i) => i % 5 === 0),
    ...ZOO_NAMES,
  ]),
  host('XS with 64 bits, kernels in C', 64, true, NAMES),
  host('XS with 32 bits, kernels in C', 32, true, NAMES),
  bare(
    'rv32imc, kernels in C',
    true,
    ZOO_NAMES.filter((name) => /, (dense|sparrow)$/.test(name)),
  ),
  bare('rv32imc, byte code', false, ['digits-mlp, sparrow']),
];

async function openXsnap(): Promise<OpenEngine> {
  const engine = await XsEngine.start();
  await engine.evaluate(await bundleForXs(RUN));
  return {
    run: (name) => lastRun(engine, name),
    close: async () => {
      await engine.close();
    },
  };
}

function host(name: string, bits: Bits, native: boolean, quick: readonly string[]): Engine {
  return {
    name,
    kind: bits === 32 ? 'multilib' : 'c',
    missing: () =>
      missingForHost() ?? (compiles(bits) ? undefined : `the compiler makes no ${bits}-bit programs`),
    quick,
    async open(folder) {
      const kernels = native ? nativeKernels(folder) : undefined;
      const program = await buildHost(bits, { extra: kernels?.sources, flags: kernels?.flags });
      const xs = new XsHost({ program, script: await bundleForXs(RUN, kernels && [kernels.plugin]) });
      return { run: (run) => lastRun(xs, run), close: () => xs.close() };
    },
  };
}

function bare(name: string, native: boolean, quick: readonly string[]): Engine {
  return {
    name,
    kind: 'riscv',
    missing: missingForBare,
    quick,
    open: async () => ({
      async run(run) {
        const input = new Uint8Array(Buffer.from(run, 'latin1'));
        const { result } = await runBare({ bundle: BARE, native, input, timeoutS: BARE_TIMEOUT_S });
        const length = new DataView(result.buffer, result.byteOffset).getUint32(0, true);
        return hashesOf({ weights: result.subarray(4, 4 + length), update: result.subarray(4 + length) });
      },
      close: async () => {},
    }),
  };
}

/** What the two hosts of XS have in common. */
interface Evaluator {
  evaluate(source: string): Promise<unknown>;
  evaluateBytes(source: string): Promise<Uint8Array>;
}

async function lastRun(engine: Evaluator, name: string): Promise<GoldenHashes> {
  await engine.evaluate(`globalThis.last = bundle.goldenRun(${JSON.stringify(name)}, ${SLICE_MACS}); 0`);
  const weights = await engine.evaluateBytes('last.weights');
  const update = await engine.evaluateBytes('last.update');
  return hashesOf({ weights, update });
}
