/**
 * Reading option values. What a person typed wrong is told with the option's name.
 * @module
 */
import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';

/** A parser of numbers for commander; the range itself is checked where the value is used. */
export function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('Expected a number.');
  return value;
}

/** A parser of integers from `least`, to `most`. */
export function integer(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isInteger(value) || value < least || value > most) {
      throw new InvalidArgumentError(`Expected an integer from ${least} to ${most}.`);
    }
    return value;
  };
}

/** A parser of numbers above `least`, to `most`. */
export function above(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !(value > least && value <= most)) {
      throw new InvalidArgumentError(`Expected a number above ${least}, to ${most}.`);
    }
    return value;
  };
}

/** A parser of paths of folders that are there. */
export function folder(path: string): string {
  if (!isFolder(path)) throw new InvalidArgumentError('Expected a folder that exists.');
  return path;
}

/** A parser of paths of folders to write into, there or not. */
export function newFolder(path: string): string {
  let present = resolve(path);
  while (!existsSync(present)) present = dirname(present); // ends at the root
  if (path === '' || !isFolder(present)) {
    throw new InvalidArgumentError('Expected a folder, or a place for a new one.');
  }
  return path;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
