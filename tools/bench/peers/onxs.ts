/**
 * Trainers in JavaScript on XS, the same engine and flags as our own byte code.
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundleForXs } from '../../xs/bundle.js';
import { costOf, runMarked } from '../marked.js';
import { type Measured, measuredOf } from '../measured.js';
import { STEPS } from './step.js';

/** @param program of the XS host @param before a script that runs first @param folder for dumps */
export async function measureScript(
  program: string,
  before: string,
  entry: string,
  folder: string,
): Promise<Measured> {
  const script = `${before}\n${await bundleForXs(join(import.meta.dirname, entry))}`;
  const segments = await runMarked({ program, script, call: 'bundle.run()' }, folder);
  const sum = segments.reduce((total, segment) => total + costOf(segment), 0);
  return measuredOf(new Map([['all', sum / STEPS]]));
}

/** Its bundle for browsers. */
export function brainScript(peers: string): string {
  const path = join(peers, 'node_modules/brain.js/browser.js');
  return `var window = globalThis;\n${readFileSync(path, 'utf8')}`;
}

/** Its core, gradients and own JavaScript backend, and what it expects of a page. */
export async function tensorflowScript(peers: string): Promise<string> {
  const core = '@tensorflow/tfjs-core';
  const contents = `import * as tf from '${core}';
    import '${core}/dist/register_all_gradients.js';
    import '@tensorflow/tfjs-backend-cpu';
    globalThis.tf = tf;`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: peers },
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'silent',
  });
  return `Object.assign(globalThis, {
      self: globalThis, performance: { now: () => 0 },
      console: { log() {}, info() {}, warn() {}, error() {} },
    });
    ${outputFiles[0].text}`;
}
