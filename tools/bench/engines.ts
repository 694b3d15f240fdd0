/**
 * All engines.
 * @module
 */
import { xsFiles } from '../emulator/xsfiles.js';
import { missingFor, TARGETS } from '../kernels-to-c/target.js';
import { bareTools, missingForBare } from '../xs/bare/bare.js';
import { type Bits, compiles, missingForHost } from '../xs/build.js';
import type { Engine } from './engine.js';
import { peerEngines } from './peers/engines.js';
import { measureRam } from './ram.js';
import { bareBench, measureBare, OPTIMIZE } from './training/barebench.js';
import { CASES, type Case, caseName } from './training/case.js';
import { type DataName, hasData } from './training/examples.js';
import { kernelBench, measureKernels } from './training/kernels.js';
import { ENGINE_FLAGS, measureXs, xsBench } from './training/xsbench.js';
import { versionOf, xsVersion } from './versions.js';

const BY_NAME: ReadonlyMap<string, Case> = new Map(CASES.map((subject) => [caseName(subject), subject]));

function caseOf(row: string): Case {
  const subject = BY_NAME.get(row);
  if (subject === undefined) throw new RangeError(`row ${row}, expected one of the bench's cases`);
  return subject;
}

/** What the kernels are measured on, by the end of a row's name. */
export const DATA_ROWS: Readonly<Record<string, { readonly data: DataName; readonly isFull: boolean }>> = {
  '': { data: 'random', isFull: true },
  '; fashion14, full work': { data: 'fashion14', isFull: true },
  '; fashion14, as trained': { data: 'fashion14', isFull: false },
};

const kernels: Engine = {
  name: 'kernels',
  missing: () => missingFor(TARGETS.rv32),
  tools: () => [versionOf(TARGETS.rv32.compiler), '-O2', versionOf('qemu-system-riscv32')].join(', '),
  rows: CASES.flatMap((subject) =>
    Object.entries(DATA_ROWS)
      .filter(([, { data }]) => data === 'random' || subject.model === '256-64-10')
      .map(([end]) => caseName(subject) + end),
  ),
  missingRow: (row) => {
    const { data } = inputsOf(row);
    return hasData(data) ? undefined : `no data set ${data} beside the repository`;
  },
  async open(folder) {
    const bench = await kernelBench(folder);
    return (row) => {
      const { name, data, isFull } = inputsOf(row);
      return measureKernels(bench, caseOf(name), data, isFull);
    };
  },
};

function inputsOf(row: string): { name: string; data: DataName; isFull: boolean } {
  const [name, rest] = row.split('; ');
  return { name, ...DATA_ROWS[rest === undefined ? '' : `; ${rest}`] };
}

/** Slots of 32 bytes, as the published figures have it. */
const BITS: Bits = 64;

function onXs(name: string, isNative: boolean): Engine {
  return {
    name,
    missing: () =>
      missingForHost() ??
      (compiles(BITS) ? undefined : `the compiler makes no ${BITS}-bit programs`) ??
      (versionOf('valgrind') === undefined ? 'valgrind is not installed' : undefined),
    tools: () =>
      [versionOf('gcc'), ...ENGINE_FLAGS, `${BITS} bits`, xsVersion(), versionOf('valgrind')].join(', '),
    rows: [...BY_NAME.keys()],
    async open(folder) {
      const bench = await xsBench(folder, BITS, isNative);
      return (row) => measureXs(bench, caseOf(row));
    },
  };
}

function onChip(name: string, native: boolean): Engine {
  return {
    name,
    missing: missingForBare,
    tools: () => {
      const { gcc, picolibc, qemu, xs } = bareTools();
      return `riscv64-unknown-elf-gcc ${gcc}, ${OPTIMIZE}, picolibc ${picolibc}, QEMU ${qemu}, XS ${xs}`;
    },
    rows: [...BY_NAME.keys()],
    async open(folder) {
      const bench = await bareBench(folder, native);
      return (row) => measureBare(bench, caseOf(row));
    },
  };
}

const ram: Engine = {
  name: 'ram',
  missing: () =>
    missingForHost() ?? (compiles(32) ? undefined : 'the compiler makes no 32-bit programs (gcc-multilib)'),
  tools: () => [versionOf('gcc'), xsVersion()].join(', '),
  rows: [...BY_NAME.keys()],
  async open() {
    const files = await xsFiles(() => {}, true);
    return (row) => measureRam(files, caseOf(row));
  },
};

/** @param peers folder of other trainers, '' for none */
export function enginesWith(peers: string): Engine[] {
  return [
    kernels,
    onChip('xs+c rv32', true),
    onChip('xs rv32', false),
    onXs('xs+c', true),
    onXs('xs', false),
    ram,
    ...peerEngines(peers),
  ];
}
