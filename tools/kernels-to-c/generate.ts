/**
 * Writes all that is made of the kernels into a folder.
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { dispatchFile } from './dispatch.js';
import { headerFile } from './header.js';
import { kernelModules } from './modules.js';
import { fileName, Translation } from './translation.js';

/** @returns the paths of the C files of the kernels */
export function generateKernels(folder: string): string[] {
  const { modules, paths, kernels, tables } = kernelModules();
  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  };
  const isKernels = (path: string) => paths.includes(path);
  const files = paths.map((path) => {
    const translation = new Translation(modules, modules.module(path), isKernels, tables);
    return write(`c/${fileName(path)}.c`, translation.file());
  });
  write('c/kernels.h', headerFile(kernels));
  write('driver/dispatch.c', dispatchFile(kernels));
  return files;
}
