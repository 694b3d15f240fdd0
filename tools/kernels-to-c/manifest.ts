/**
 * The part of a Moddable manifest that puts native kernels in the place of the TypeScript ones: one line of
 * `include` in the manifest of the project.
 * @module
 */
import { cFileName } from './translation.js';

/**
 * @param paths of the kernels' modules
 * @param more  modules that are others where kernels are C: what only kernels need, which is preloaded like all else
 * @param root  of the project, from the folder that the manifest is written to
 */
export function manifestFile(paths: readonly string[], more: readonly string[], root: string): string {
  const names = [...paths, ...more].map((path) => path.replace(/\.ts$/, ''));
  const manifest = {
    // Another folder than that of a build with byte code: the SDK's makefile would take its modules for up to date.
    build: { NAME: 'sparrow-native' },
    modules: {
      '~': names.map((name) => `${root}/${name}`), // not the TypeScript, whatever other manifests say
      '*': [...paths.map((path) => `./c/${cFileName(path)}`), './xs/kernels-xs'],
      ...Object.fromEntries(names.map((name) => [name, `./moddable/${name}`])),
    },
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
