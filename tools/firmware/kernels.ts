/**
 * Whether the kernels in C, and the glue that makes host functions of them, compile against the SDK's engine:
 * for 32 bits, as on a chip, on this machine's compiler. The chip's own compiler comes with ESP-IDF.
 * @module
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run, type Sdk } from './sdk.js';

/** @param folder of the generated kernels @throws Error with the compiler's lines */
export async function checkKernels({ folder: sdk, env }: Sdk, folder: string): Promise<void> {
  const glib = await run('pkg-config', ['--cflags', 'gio-2.0'], { env });
  const sources = ['c', 'xs'].flatMap((part) =>
    readdirSync(join(folder, part))
      .filter((name) => name.endsWith('.c') && name !== 'install.c') // of hosts that evaluate bundles
      .map((name) => join(folder, part, name)),
  );
  const args = [
    ...['-m32', '-fsyntax-only', '-std=gnu17', '-Wall', '-Wextra', '-Wno-unused-parameter', '-Werror'],
    ...['-DXS_ARCHIVE=1', '-DINCLUDE_XSPLATFORM=1', '-DXSPLATFORM="lin_xs.h"'],
    ...['includes', 'platforms', 'sources'].flatMap((part) => ['-isystem', join(sdk, 'xs', part)]),
    ...glib.trim().split(/\s+/),
    ...sources,
  ];
  await run('cc', args, { env });
}
