/**
 * Other trainers of the same network, 256-64-10, as engines of the bench: plain float of our own, and what others
 * made, from a folder that is no part of the project.
 * @module
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { missingFor, TARGETS } from '../../kernels-to-c/target.js';
import { type Bits, buildHost, compiles, missingForHost } from '../../xs/build.js';
import type { Engine } from '../engine.js';
import { ENGINE_FLAGS } from '../training/xsbench.js';
import { versionOf, xsVersion } from '../versions.js';
import { CHIPS, FLOAT_FLAGS, fannSource, floatSource, measureHere, measureOnChip } from './native.js';
import { brainScript, measureScript, tensorflowScript } from './onxs.js';

const BATCHES = [1, 8];
const BITS: Bits = 64;
const SINGLE = 'batch 1';

/** @param peers folder with node_modules and fann, see docs/benchmarks.md; '' for none */
export function peerEngines(peers: string): Engine[] {
  const inFolder = (path: string, name: string) =>
    peers !== '' && existsSync(join(peers, path)) ? undefined : `--peers names no folder with ${name}`;
  return [
    floatOnChips,
    floatHere,
    onXs(
      'float js',
      '',
      () => undefined,
      async () => '',
      'floatxs.ts',
    ),
    {
      name: 'FANN',
      missing: () => inFolder('fann/usr/include/floatfann.h', 'FANN') ?? missingHere(),
      tools: () => [`FANN ${fannVersion(peers)}`, versionOf('gcc'), versionOf('valgrind')].join(', '),
      rows: [SINGLE],
      open: async (folder) => () => measureHere('fann', fannSource(peers), folder),
    },
    onXs(
      'brain.js',
      packageVersion(peers, 'brain.js'),
      () => inFolder('node_modules/brain.js/browser.js', 'brain.js'),
      async () => brainScript(peers),
      'brainxs.ts',
    ),
    onXs(
      'tfjs',
      packageVersion(peers, '@tensorflow/tfjs-core'),
      () => inFolder('node_modules/@tensorflow/tfjs-backend-cpu', '@tensorflow/tfjs-backend-cpu'),
      () => tensorflowScript(peers),
      'tfjsxs.ts',
    ),
  ];
}

const floatOnChips: Engine = {
  name: 'float c rv32',
  missing: () => missingFor(TARGETS.rv32),
  tools: () =>
    [versionOf(TARGETS.rv32.compiler), ...FLOAT_FLAGS, versionOf('qemu-system-riscv32')].join(', '),
  rows: Object.keys(CHIPS).flatMap((chip) => BATCHES.map((batch) => `${chip}, batch ${batch}`)),
  open: async (folder) => (row) => {
    const [chip, batch] = row.split(', batch ');
    return measureOnChip(CHIPS[chip], Number(batch), folder);
  },
};

const floatHere: Engine = {
  name: 'float c x86',
  missing: missingHere,
  tools: () => [versionOf('gcc'), ...FLOAT_FLAGS, versionOf('valgrind')].join(', '),
  rows: BATCHES.map((batch) => `batch ${batch}`),
  open: async (folder) => (row) => {
    const batch = Number(row.split(' ')[1]);
    return measureHere(`float-${batch}`, floatSource(batch), folder);
  },
};

function missingHere(): string | undefined {
  if (!compiles(BITS)) return `the compiler makes no ${BITS}-bit programs`;
  return versionOf('valgrind') === undefined ? 'valgrind is not installed' : undefined;
}

function onXs(
  name: string,
  version: string,
  missing: () => string | undefined,
  before: () => Promise<string>,
  entry: string,
): Engine {
  const own = version === '' ? [] : [`${name} ${version}`];
  return {
    name,
    missing: () => missing() ?? missingForHost() ?? missingHere(),
    tools: () =>
      [...own, versionOf('gcc'), ...ENGINE_FLAGS, `${BITS} bits`, xsVersion(), versionOf('valgrind')].join(
        ', ',
      ),
    rows: [SINGLE],
    async open(folder) {
      const program = await buildHost(BITS, { engineFlags: ENGINE_FLAGS });
      return async () => measureScript(program, await before(), entry, folder);
    },
  };
}

function packageVersion(peers: string, name: string): string {
  const path = join(peers, 'node_modules', name, 'package.json');
  if (!existsSync(path)) return '';
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}

function fannVersion(peers: string): string {
  const path = join(peers, 'fann/usr/lib/x86_64-linux-gnu/pkgconfig/fann.pc');
  return /^Version: (.+)$/m.exec(readFileSync(path, 'utf8'))?.[1] ?? 'unknown';
}
