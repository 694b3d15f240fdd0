/**
 * Builds the firmware with the SDK for Linux, and the loader that runs it without a window.
 * @module
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { FirmwareManifest } from './manifest.js';
import { run, type Sdk } from './sdk.js';

export interface LinuxBuild {
  readonly library: string; // mc.so
  readonly loader: string;
  readonly ms: number; // of the firmware's part
  readonly log: string; // what mcconfig printed
}

/**
 * @param folder for everything that is built; a second build there takes seconds
 * @throws Error with the compiler's lines when the firmware does not build
 */
export async function buildForLinux(
  sdk: Sdk,
  { path, name }: FirmwareManifest,
  folder: string,
): Promise<LinuxBuild> {
  mkdirSync(folder, { recursive: true });
  const startMs = performance.now();
  // Without `-t build` a debug build would also end every simulator on this machine.
  const log = await run('mcconfig', ['-m', '-p', 'lin', '-t', 'build', '-o', folder, path], {
    env: sdk.env,
  });
  const ms = performance.now() - startMs;
  return {
    library: join(folder, 'bin/lin/mc/release', name, 'mc.so'),
    loader: await buildLoader(sdk, folder),
    ms,
    log,
  };
}

async function buildLoader(sdk: Sdk, folder: string): Promise<string> {
  const loader = join(folder, 'loader');
  const glib = await run('pkg-config', ['--cflags', '--libs', 'gio-2.0'], { env: sdk.env });
  const includes = ['build/simulators/modules', 'xs/includes', 'xs/platforms', 'xs/sources'];
  const args = [
    '-O2',
    '-o',
    loader,
    join(import.meta.dirname, 'loader.c'),
    // As the SDK compiles the engine in mc.so: the machine must have the same layout here.
    '-DINCLUDE_XSPLATFORM=1',
    '-DXSPLATFORM="lin_xs.h"',
    '-DXS_ARCHIVE=1',
    ...includes.map((path) => `-I${join(sdk.folder, path)}`),
    ...glib.trim().split(/\s+/),
    '-ldl',
    '-rdynamic',
  ];
  await run('cc', args, { env: sdk.env });
  return loader;
}
