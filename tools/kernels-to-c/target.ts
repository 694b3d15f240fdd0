/**
 * Machines on which the kernels in C run: this one, with sanitizers, with 32 bits, and a bare RISC-V chip
 * under QEMU, whose instruction counts are exact.
 * @module
 */
import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './modules.js';

export type TargetName = 'x86-64' | 'sanitizers' | 'm32' | 'rv32';

export interface Target {
  readonly name: TargetName;
  readonly compiler: string;
  readonly flags: readonly string[];
  readonly packages: string; // of Debian
}

const WARNINGS = ['-std=gnu99', '-Wall', '-Wextra', '-Werror', '-Wno-parentheses'];

/**
 * picolibc's memset goes by bytes, so loops must stay loops; with _zicsr in the link step gcc 12 picks
 * 64-bit libraries.
 */
const RV32 = ['-mabi=ilp32', '--specs=picolibc.specs', '-fno-tree-loop-distribute-patterns'];

export const TARGETS: Readonly<Record<TargetName, Target>> = {
  'x86-64': { name: 'x86-64', compiler: 'gcc', flags: ['-O2'], packages: 'gcc libc6-dev' },
  sanitizers: {
    name: 'sanitizers',
    compiler: 'gcc',
    flags: ['-O1', '-g', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'],
    packages: 'gcc libc6-dev',
  },
  m32: { name: 'm32', compiler: 'gcc', flags: ['-O2', '-m32'], packages: 'gcc-multilib' },
  rv32: {
    name: 'rv32',
    compiler: 'riscv64-unknown-elf-gcc',
    flags: ['-O2', '-march=rv32imc_zicsr', ...RV32, '-DCOUNT_INSTRUCTIONS'],
    packages: 'gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf qemu-system-misc',
  },
};

const QEMU = 'qemu-system-riscv32';

/** What is missing for a target, or undefined where it can run. */
export function missingFor({ name, compiler, flags, packages }: Target): string | undefined {
  const program = '#include <stdint.h>\n#include <stdio.h>\nint main(void) { return 0; }\n';
  const link = name === 'rv32' ? ['-c'] : [];
  const tried = spawnSync(compiler, [...flags, ...link, '-x', 'c', '-', '-o', '/dev/null'], {
    input: program,
  });
  const qemu = name !== 'rv32' || spawnSync(QEMU, ['--version']).status === 0;
  return tried.status === 0 && qemu ? undefined : `${name} needs ${packages}`;
}

export interface Driver {
  /** Replays a trace. @throws Error with the driver's words when anything differs */
  run(trace: string): Promise<Replay>;
}

export interface Replay {
  readonly calls: number;
  readonly kernels: ReadonlyMap<string, KernelCost>; // by the C name without `sparrow_`
}

export interface KernelCost {
  readonly calls: number;
  readonly instructions: number; // 0 where the target does not count
}

/**
 * Compiles the driver with the kernels of a folder that generateKernels wrote.
 * @param optimize '-Os' for example, in place of the target's
 */
export async function buildDriver(target: Target, folder: string, optimize?: string): Promise<Driver> {
  const here = join(import.meta.dirname, 'c');
  const build = join(folder, target.name + (optimize ?? ''));
  mkdirSync(build, { recursive: true });
  const includes = ['-I', join(folder, 'c'), '-I', here];
  const flags = target.flags.map((flag) => (flag.startsWith('-O') ? (optimize ?? flag) : flag));
  const sources = [
    ...readdirSync(join(folder, 'c'))
      .filter((name) => name.endsWith('.c'))
      .map((name) => join(folder, 'c', name)),
    join(folder, 'driver/dispatch.c'),
    join(here, 'driver.c'),
  ];
  const objects: string[] = [];
  for (const source of sources) {
    const object = join(build, `${basename(source, '.c')}.o`);
    await execute(target.compiler, [...flags, ...WARNINGS, ...includes, '-c', source, '-o', object]);
    objects.push(object);
  }
  const program = join(build, 'driver');
  await execute(target.compiler, [...linkFlags(flags), ...objects, '-o', program]);
  return { run: (trace) => replay(target, program, resolve(trace)) };
}

function linkFlags(flags: readonly string[]): string[] {
  if (!flags.some((flag) => flag.startsWith('-march'))) return [...flags];
  const places = { __flash: '0x80000000', __flash_size: '4M', __ram: '0x80400000', __ram_size: '60M' };
  return [
    ...flags.map((flag) => flag.replace('_zicsr', '')),
    '--oslib=semihost',
    '--crt0=semihost',
    ...Object.entries(places).map(([name, value]) => `-Wl,--defsym=${name}=${value}`),
  ];
}

async function replay(target: Target, program: string, trace: string): Promise<Replay> {
  const [command, given] = target.name === 'rv32' ? qemu(program, basename(trace)) : [program, [trace]];
  // semihosting writes the guest's output to stderr
  const { stdout, stderr } = await execute(command, given, dirname(trace));
  const lines = `${stdout}${stderr}`.trim().split('\n');
  const kernels = new Map<string, KernelCost>();
  for (const line of lines) {
    const [, name, calls, instructions] = /^(\w+) (\d+) (\d+)$/.exec(line) ?? [];
    if (name !== undefined) kernels.set(name, { calls: Number(calls), instructions: Number(instructions) });
  }
  const [, calls] = /^calls (\d+), differences 0$/.exec(lines.at(-1) ?? '') ?? [];
  if (calls === undefined) throw new Error(`${target.name}: ${lines.join('\n')}`);
  return { calls: Number(calls), kernels };
}

function qemu(program: string, trace: string): [string, string[]] {
  const machine = ['-M', 'virt', '-cpu', 'rv32,f=false,d=false,a=false', '-m', '64M', '-bios', 'none'];
  const quiet = ['-nographic', '-monitor', 'none', '-serial', 'none'];
  const count = ['-icount', 'shift=0,align=off,sleep=off'];
  const semihosting = `enable=on,target=native,arg=${trace}`;
  return [QEMU, [...machine, ...quiet, ...count, '-semihosting-config', semihosting, '-kernel', program]];
}

async function execute(
  command: string,
  given: readonly string[],
  cwd = ROOT,
): Promise<{ stdout: string; stderr: string }> {
  try {
    return await promisify(execFile)(command, [...given], { cwd, maxBuffer: 1 << 24, timeout: 600_000 });
  } catch (error) {
    const { message, stdout = '', stderr = '' } = error as Error & { stdout?: string; stderr?: string };
    throw new Error(`${message.slice(0, 400)}\n${stdout}${stderr}`);
  }
}
