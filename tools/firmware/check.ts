/**
 * `npm run firmware:check`: the script side of every ESP32 target, without ESP-IDF, with the kernels in C; for the
 * first one with the kernels in byte code, too. A type error, a missing module or a preload warning fails
 * it, and so does C that does not compile. Where there is no SDK it says so and ends well.
 * @module
 */
import { resolve } from 'node:path';
import { TARGETS as COMPILERS, missingFor } from '../kernels-to-c/target.js';
import { checkTarget } from './gate.js';
import { checkKernels } from './kernels.js';
import { BYTE_CODE, type FirmwareManifest, KERNELS, nativeManifest } from './manifest.js';
import { findSdk } from './sdk.js';

/** @param targets one or more of TARGETS @param out folder for what is built */
export async function checkTargets(targets: readonly string[], out: string): Promise<void> {
  const sdk = findSdk();
  if (typeof sdk === 'string') {
    console.log(`skipped: ${sdk} (moddable)`);
    return;
  }
  const native = nativeManifest();
  const missing = missingFor(COMPILERS.m32);
  if (missing !== undefined) console.log(`skipped: ${missing} (multilib)`);
  else await tell('kernels in C for 32 bits', () => checkKernels(sdk, KERNELS).then(() => []));
  const check = (manifest: FirmwareManifest, target: string) =>
    tell(`esp32/${target}, ${manifest.name}`, () =>
      checkTarget({ sdk, manifest, folder: resolve(out) }, target),
    );
  await check(BYTE_CODE, targets[0]);
  for (const target of targets) await check(native, target);
}

async function tell(what: string, check: () => Promise<string[]>): Promise<void> {
  const startMs = performance.now();
  const problems = await check().catch((error: Error) => [error.message]);
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  console.log(`${what}: ${problems.length === 0 ? 'passed' : 'FAILED'}, ${seconds} s`);
  for (const problem of problems) console.log(problem);
  if (problems.length > 0) process.exitCode = 1;
}
