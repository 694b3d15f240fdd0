/**
 * Writes all that is made of the kernels into a folder.
 * @module
 */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { dispatchFile } from './dispatch.js';
import { glueFile, glueHeader } from './glue.js';
import { headerFile } from './header.js';
import { manifestFile } from './manifest.js';
import { bundleModule, moddableModule, speedModule } from './modulefile.js';
import { kernelModules, ROOT, SPEED } from './modules.js';
import { cFileName, Translation } from './translation.js';

/** @returns the paths of the C files of the kernels */
export function generateKernels(folder: string): string[] {
  const { modules, paths, parts, kernels, tables } = kernelModules();
  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    // A file that stays as it is keeps its time: nothing is compiled anew.
    if (existsSync(path) && readFileSync(path, 'utf8') === text) return path;
    const temporary = `${path}-${randomUUID()}`; // another process may read or write the same
    writeFileSync(temporary, text);
    renameSync(temporary, path);
    return path;
  };
  const isKernels = (path: string) => paths.includes(path);
  const files = paths.map((path) => {
    const translation = new Translation(modules, modules.module(path), isKernels, tables);
    return write(`c/${cFileName(path)}.c`, translation.file());
  });
  write('c/kernels.h', headerFile(kernels));
  write('driver/dispatch.c', dispatchFile(kernels));
  write('xs/kernels-xs.c', glueFile(modules, kernels));
  write('xs/kernels-xs.h', glueHeader());
  for (const name of ['glue.h', 'install.c']) {
    write(`xs/${name}`, readFileSync(join(import.meta.dirname, 'c', name), 'utf8'));
  }
  for (const path of paths) {
    const module = path.replace(/\.ts$/, '.js');
    write(`bundle/${module}`, bundleModule(modules, path, kernels));
    write(`moddable/${module}`, moddableModule(modules, path, kernels));
  }
  for (const path of parts) write(`moddable/${path.replace(/\.ts$/, '.js')}`, 'export {};\n');
  for (const kind of ['bundle', 'moddable']) write(`${kind}/${SPEED.replace(/\.ts$/, '.js')}`, speedModule());
  write('manifest.json', manifestFile(paths, [...parts, SPEED], relative(folder, ROOT)));
  return files;
}
