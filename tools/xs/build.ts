/**
 * Builds the XS host of `host/`: the engine's sources that the package @agoric/xsnap brings (none of
 * them is copied) and our own, once for a machine, into `.cache/xs`. What was built from the same
 * sources with the same flags is used again.
 * @module
 */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE, compile, compileAll, HOST, hashOf, headersIn, sourcesIn, XS } from './compile.js';

/** Slots take 16 bytes, as on the board, or 32. */
export type Bits = 32 | 64;

export interface HostSources {
  /** C files that are compiled and linked with the host, such as kernels. */
  readonly extra?: readonly string[];
  /** More flags for our own files and the extra ones. */
  readonly flags?: readonly string[];
  /** More flags for the engine: `-Os`, as boards have it. */
  readonly engineFlags?: readonly string[];
  /** Leave out what a board's build strips: `host/stripped/defaults.c`. */
  readonly isStripped?: boolean;
}

const STRIPPED = { engine: '/xsDefaults.c', own: join(HOST, 'stripped/defaults.c') };
const COMPILER = process.env.CC ?? 'gcc';

/**
 * As the ESP32 build has them: parser in, no debugger, no meter, no negative zero of integers. The
 * bounds of the JavaScript stack are checked: without that an overflow damages the heap silently.
 */
const FLAGS = [
  ...['-O2', '-std=gnu17', '-fno-common', '-w', '-DINCLUDE_XSPLATFORM', '-DXSPLATFORM="platform.h"'],
  ...['-DmxParse=1', '-DmxRun=1', '-DmxSloppy=1', '-DmxNoConsole=1', '-DmxBoundsCheck=1'],
  ...[`-I${HOST}`, ...['includes', 'platforms', 'sources'].map((folder) => `-I${join(XS, folder)}`)],
];
const LIBRARIES = ['-lm', '-lpthread', '-ldl'];

/** Why the host cannot be built here, or undefined when it can. */
export function missingForHost(): string | undefined {
  if (!existsSync(join(XS, 'sources'))) return 'the sources of XS are not there (@agoric/xsnap)';
  return compiles(64) || compiles(32) ? undefined : `there is no C compiler (${COMPILER})`;
}

/** The board's own size of slots, where the compiler can make it. */
export function bestBits(): Bits {
  return compiles(32) ? 32 : 64;
}

/** Whether the compiler makes programs of this size here: it may have no 32-bit library. */
export function compiles(bits: Bits): boolean {
  const out = join(CACHE, `probe-${bits}-${process.pid}`);
  mkdirSync(CACHE, { recursive: true });
  try {
    const options = { input: '#include <stdio.h>\nint main() { return puts("") < 0; }\n' };
    execFileSync(COMPILER, [`-m${bits}`, '-x', 'c', '-', '-o', out], { ...options, stdio: 'pipe' });
    return true;
  } catch {
    return false;
  } finally {
    rmSync(out, { force: true });
  }
}

/**
 * @returns the path of the program
 * @throws Error with what the compiler said
 */
export async function buildHost(
  bits: Bits,
  { extra = [], flags = [], engineFlags = [], isStripped = false }: HostSources = {},
): Promise<string> {
  const size = bits === 64 ? ['-m64', '-Dmx32bitID=1'] : ['-m32'];
  const engine = sourcesIn(join(XS, 'sources'));
  const own = [...sourcesIn(HOST), ...(isStripped ? [STRIPPED.own] : []), ...extra];
  const key = hashOf(
    [...size, ...FLAGS, ...flags, ...engineFlags, ...LIBRARIES],
    [
      ...engine,
      ...own,
      ...['includes', 'platforms', 'sources'].flatMap((folder) => headersIn(join(XS, folder))),
      ...headersIn(HOST),
    ],
  );
  const engineKey = hashOf([...size, ...FLAGS, ...engineFlags], [...engine, join(HOST, 'platform.h')]);
  const path = join(CACHE, `host-${bits}-${key}`);
  if (existsSync(path)) return path;
  const mine = join(CACHE, `own-${randomUUID()}`); // another process may build the same
  try {
    const objects = await Promise.all([
      compileAll(
        COMPILER,
        engine.filter((path) => !isStripped || !path.endsWith(STRIPPED.engine)),
        [...size, ...FLAGS, ...engineFlags],
        join(CACHE, `engine-${bits}-${engineKey}`),
      ),
      compileAll(COMPILER, own, [...size, ...FLAGS, ...flags], mine),
    ]);
    await compile(COMPILER, [...size, ...objects.flat(), ...LIBRARIES, '-o', join(mine, 'program')]);
    renameSync(join(mine, 'program'), path);
  } finally {
    rmSync(mine, { recursive: true, force: true });
  }
  return path;
}
