/**
 * Versions of the tools that exact counts depend on.
 * @module
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../kernels-to-c/modules.js';

/** `gcc 12.2.0`; undefined where the program is not installed. */
export function versionOf(program: string): string | undefined {
  try {
    const text = execFileSync(program, ['--version'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return `${program} ${/\d+\.\d+(\.\d+)*/.exec(text)?.[0] ?? text.split('\n')[0]}`;
  } catch {
    return undefined;
  }
}

/** `@agoric/xsnap 0.15.0`, the package with the sources of XS. */
export function xsVersion(): string {
  const file = join(ROOT, 'node_modules/@agoric/xsnap/package.json');
  const { name, version } = JSON.parse(readFileSync(file, 'utf8')) as { name: string; version: string };
  return `${name} ${version}`;
}
