/**
 * Trainers in float C: our own plain one, and FANN where it is. Compiled for a bare RISC-V chip with and
 * without an FPU, under QEMU, or for this machine, under callgrind.
 * @module
 */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { totalOf } from '../callgrind.js';
import { type Measured, measuredOf } from '../measured.js';

const execute = promisify(execFile);
const HERE = import.meta.dirname;

/** As in the C files. */
const EXAMPLES = 16;
const EPOCHS = 40;

export const FLOAT_FLAGS = ['-O2', '-std=gnu99'];

export interface Chip {
  readonly arch: string; // without _zicsr
  readonly abi: string;
  readonly hasFpu: boolean;
}

export const CHIPS: Readonly<Record<string, Chip>> = {
  rv32imc: { arch: 'rv32imc', abi: 'ilp32', hasFpu: false },
  rv32imfc: { arch: 'rv32imfc', abi: 'ilp32f', hasFpu: true },
};

export async function measureOnChip(
  { arch, abi, hasFpu }: Chip,
  batch: number,
  folder: string,
): Promise<Measured> {
  const name = `float-${arch}-${batch}`;
  const compiler = 'riscv64-unknown-elf-gcc';
  const common = [...FLOAT_FLAGS, `-mabi=${abi}`, '--specs=picolibc.specs'];
  const defines = ['-DCOUNT_INSTRUCTIONS', `-DBATCH=${batch}`];
  const source = join(HERE, 'float.c');
  await execute(compiler, [...common, `-march=${arch}_zicsr`, ...defines, '-c', source, '-o', `${name}.o`], {
    cwd: folder,
  });
  const places = { __flash: '0x80000000', __flash_size: '4M', __ram: '0x80400000', __ram_size: '60M' };
  const link = Object.entries(places).map(([symbol, value]) => `-Wl,--defsym=${symbol}=${value}`);
  const start = ['--oslib=semihost', '--crt0=semihost'];
  await execute(compiler, [...common, `-march=${arch}`, ...start, ...link, `${name}.o`, '-lm', '-o', name], {
    cwd: folder,
  });
  const cpu = `rv32,f=${hasFpu},d=false,a=false`;
  const { stdout, stderr } = await execute(
    'qemu-system-riscv32',
    [
      ...['-M', 'virt', '-cpu', cpu, '-m', '64M', '-bios', 'none', '-nographic', '-monitor', 'none'],
      ...['-serial', 'none', '-icount', 'shift=0,align=off,sleep=off'],
      ...['-semihosting-config', 'enable=on,target=native', '-kernel', name],
    ],
    { cwd: folder, timeout: 120_000 },
  );
  const { instructions } = resultOf(`${stdout}${stderr}`);
  return measuredOf(new Map([['all', instructions]]));
}

/** @param sources and flags of a C program that calls `trainEpoch` EPOCHS times */
export async function measureHere(name: string, flags: readonly string[], folder: string): Promise<Measured> {
  const program = join(folder, name);
  await execute('gcc', [...FLOAT_FLAGS, ...flags, '-lm', '-o', program]);
  const dump = `${program}.dump`;
  const { stdout } = await execute('valgrind', [
    ...['--tool=callgrind', `--callgrind-out-file=${dump}`, '--collect-atstart=no'],
    ...['--toggle-collect=trainEpoch', program],
  ]);
  resultOf(stdout);
  return measuredOf(new Map([['all', totalOf(readFileSync(dump, 'utf8')) / (EPOCHS * EXAMPLES)]]));
}

/** @throws Error when the loss did not fall: such a trainer's cost says nothing */
function resultOf(output: string): { instructions: number } {
  const [, instructions, before, after] = /^(\d+) (\d+) (\d+)$/m.exec(output) ?? [];
  if (!(Number(after) < Number(before))) throw new Error(`a peer that does not learn: ${output.trim()}`);
  return { instructions: Number(instructions) };
}

/** Our plain trainer. */
export function floatSource(batch: number): string[] {
  return [`-DBATCH=${batch}`, join(HERE, 'float.c')];
}

/** FANN, unpacked from Debian's packages libfann2 and libfann-dev. */
export function fannSource(peers: string): string[] {
  const usr = join(peers, 'fann/usr');
  const library = join(usr, 'lib/x86_64-linux-gnu/libfloatfann.a'); // not made for -pie
  return ['-no-pie', `-I${join(usr, 'include')}`, join(HERE, 'fann.c'), library];
}
