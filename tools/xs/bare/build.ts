/**
 * Builds the XS host for a bare RISC-V chip, rv32imc, the instruction set of an ESP32-C3: the engine's
 * sources from the package @agoric/xsnap, the host of `../host` as it is on a desktop, and `machine/`, which
 * stands in the place of an operating system. Nothing of XS is copied. Into `.cache/xs`, by tools and flags.
 * @module
 */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { NativeKernels } from '../../kernels-to-c/native.js';
import { CACHE, compile, compileAll, HOST, hashOf, headersIn, sourcesIn, XS } from '../compile.js';

export type Optimize = '-Os' | '-O2';

/** Counts of instructions hold for these versions only. */
export interface BareTools {
  readonly gcc: string;
  readonly picolibc: string;
  readonly qemu: string;
  readonly xs: string; // the package
}

const MACHINE = join(import.meta.dirname, 'machine');
const COMPILER = 'riscv64-unknown-elf-gcc';
export const QEMU = 'qemu-system-riscv32';
const PACKAGES = 'gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf qemu-system-misc coreutils';

/** As the ESP32 build has them; the engine's as on the desktop (`../build.ts`). */
const FLAGS = [
  ...['-march=rv32imc_zicsr', '-mabi=ilp32', '--specs=picolibc.specs', '-std=gnu17', '-w'],
  ...['-fno-common', '-ffunction-sections', '-fdata-sections'],
  ...['-DINCLUDE_XSPLATFORM', '-DXSPLATFORM="baremetal.h"', '-DmxParse=1', '-DmxRun=1', '-DmxSloppy=1'],
  ...['-DmxNoConsole=1', '-DmxBoundsCheck=1', '-D_POSIX_TIMERS=1', '-D_POSIX_MONOTONIC_CLOCK=200112L'],
  ...[MACHINE, HOST, ...['includes', 'platforms', 'sources'].map((f) => join(XS, f))].map((f) => `-I${f}`),
];

/** Memory of QEMU's machine `virt`, in MB: code, then everything else with the C stack at its end. */
const FLASH = 4;
const RAM = 316;
export const MEMORY_MB = FLASH + RAM;
const BASE = 0x8000_0000;
const STACK_BYTES = 1 << 16;
const PAGE = 4096;
const RAM_AT = BASE + FLASH * 2 ** 20;
const STACK_AT = BASE + MEMORY_MB * 2 ** 20 - STACK_BYTES;

/** Without _zicsr: with it gcc 12 picks libraries of 64 bits. */
const LINK = [
  ...['-march=rv32imc', '-mabi=ilp32', '--specs=picolibc.specs', '--oslib=semihost', '--crt0=semihost'],
  ...[`-Wl,--gc-sections`, `-Wl,--defsym=__flash=${BASE}`, `-Wl,--defsym=__flash_size=${FLASH}M`],
  ...[`-Wl,--defsym=__ram=${RAM_AT}`, `-Wl,--defsym=__ram_size=${RAM}M`],
  // the page between heap and stack is locked
  ...[`-Wl,--defsym=gStackBottom=${STACK_AT}`, `-Wl,--defsym=__heap_end=${STACK_AT - PAGE}`],
];

/** What is not installed, in words for a skip; undefined where programs can be built and run. */
export function missingForBare(): string | undefined {
  if (!existsSync(join(XS, 'sources'))) return 'the sources of XS are not there (@agoric/xsnap)';
  try {
    bareTools();
    execFileSync('timeout', ['--version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return `a bare RISC-V needs ${PACKAGES}`;
  }
}

/** @throws Error where one is not installed */
export function bareTools(): BareTools {
  const first = (command: string, args: readonly string[], input = '') =>
    execFileSync(command, args, { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] });
  const header = '#include <picolibc.h>\nversion __PICOLIBC_VERSION__\n';
  const preprocessed = first(COMPILER, [...FLAGS.slice(0, 3), '-E', '-P', '-'], header);
  const { version } = JSON.parse(readFileSync(join(XS, '../../package.json'), 'utf8')) as { version: string };
  return {
    gcc: first(COMPILER, ['-dumpfullversion']).trim(),
    picolibc: /version "(.+)"/.exec(preprocessed)?.[1] ?? 'unknown',
    qemu: /version ([\d.]+)/.exec(first(QEMU, ['--version']))?.[1] ?? 'unknown',
    xs: version,
  };
}

/**
 * @param kernels in C, for the engine to call
 * @returns the path of the program
 * @throws Error with what the compiler said
 */
export async function buildBare(optimize: Optimize, kernels?: NativeKernels): Promise<string> {
  const tools = JSON.stringify(bareTools());
  const engine = sourcesIn(join(XS, 'sources'));
  // the machine makes the kernels' global itself, beside its own
  const extra = (kernels?.sources ?? []).filter((path) => basename(path) !== 'install.c');
  const own = [...sourcesIn(HOST), ...sourcesIn(MACHINE), ...extra];
  const folders = new Set(extra.map((path) => `-I${join(path, '..')}`));
  const flags = kernels === undefined ? ['-DSPARROW_NATIVE=1'] : [...kernels.flags, '-DSPARROW_KERNELS'];
  const engineHeaders = ['includes', 'platforms', 'sources'].flatMap((f) => headersIn(join(XS, f)));
  const platform = ['baremetal.h', 'memory.h'].map((name) => join(MACHINE, name));
  const common = [tools, optimize, ...FLAGS.filter((flag) => !flag.startsWith('-I'))];
  const engineKey = hashOf(common, [...engine, ...engineHeaders, ...platform]);
  const headers = [...headersIn(HOST), ...headersIn(MACHINE), ...headersIn(join(MACHINE, 'sys'))];
  const key = hashOf([engineKey, ...flags, ...LINK], [...own, ...headers]);
  const path = join(CACHE, `bare-${key}`);
  if (existsSync(path)) return path;
  const mine = join(CACHE, `bare-own-${randomUUID()}`); // another process may build the same
  try {
    const all = [...FLAGS, optimize];
    const objects = [
      ...(await compileAll(COMPILER, engine, all, join(CACHE, `bare-engine-${engineKey}`))),
      ...(await compileAll(COMPILER, own, [...all, ...folders, ...flags], mine)),
    ];
    await compile(COMPILER, [...LINK, ...objects, '-lm', '-o', join(mine, 'program')]);
    renameSync(join(mine, 'program'), path);
  } finally {
    rmSync(mine, { recursive: true, force: true });
  }
  return path;
}
