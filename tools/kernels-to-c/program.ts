/**
 * Runs TypeScript programs, tests of kernels for example, with other modules in the place of some.
 * @module
 */
import { execFile } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build, type Plugin } from 'esbuild';
import { ROOT } from './modules.js';

/**
 * @param programs  paths from the root; all run in one process, one after the other
 * @param variables more variables of the environment
 * @returns what they wrote
 * @throws Error with what they wrote, where they fail
 */
export async function runPrograms(
  programs: readonly string[],
  plugins: readonly Plugin[],
  variables: Readonly<Record<string, string>>,
): Promise<string> {
  const folder = join(ROOT, 'build/record'); // inside, so that packages are found
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, `${process.pid}-${process.hrtime.bigint()}.mjs`);
  await build({
    stdin: { contents: programs.map((path) => `import './${path}';`).join('\n'), resolveDir: ROOT },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'silent',
    plugins: [...plugins],
  });
  try {
    const options = { cwd: ROOT, env: { ...process.env, ...variables }, maxBuffer: 1 << 24 };
    return (await promisify(execFile)(process.execPath, [outfile], options)).stdout;
  } catch (error) {
    const { message, stdout = '', stderr = '' } = error as Error & { stdout?: string; stderr?: string };
    throw new Error(`${message.split('\n')[0]}\n${stdout}${stderr}`);
  } finally {
    rmSync(outfile, { force: true });
  }
}
