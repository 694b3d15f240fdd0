/**
 * Makes one script of a TypeScript module and everything that it imports, for the XS engine.
 * @module
 */
import { build, type Plugin } from 'esbuild';

/**
 * A script that sets the global `bundle` to the exports of the module `entry`: after
 * `engine.evaluate(script)`, `engine.evaluate('bundle.run()')` calls its function `run`.
 * @param plugins put other modules in place of some: native kernels
 * @throws Error naming file and line where the module cannot be bundled, such as an import of `node:`
 */
export async function bundleForXs(entry: string, plugins: Plugin[] = []): Promise<string> {
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
    plugins,
  });
  return outputFiles[0].text;
}
