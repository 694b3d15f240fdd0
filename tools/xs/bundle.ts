/**
 * Makes one script of a TypeScript module and everything that it imports, for the XS engine.
 * @module
 */
import { build } from 'esbuild';

/**
 * A script that sets the global `bundle` to the exports of the module `entry`: after
 * `engine.evaluate(script)`, `engine.evaluate('bundle.run()')` calls its function `run`.
 * @throws Error naming file and line where the module cannot be bundled, such as an import of `node:`
 */
export async function bundleForXs(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'bundle',
    footer: { js: 'globalThis.bundle = bundle;' }, // a strict script keeps its `var` to itself
    platform: 'neutral',
    target: 'es2022',
    logLevel: 'silent',
  });
  return outputFiles[0].text;
}
