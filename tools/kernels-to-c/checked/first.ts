/**
 * The first module of a checked program: makes the global `kernelCheck`, and tells what it saw when the process
 * ends.
 * @module
 */
import { writeFileSync } from 'node:fs';
import { Checker, SEEN_FILE } from './checker.js';

const checker = new Checker();
Object.assign(globalThis, { kernelCheck: checker });
process.once('exit', () => {
  const { calls, checks } = checker;
  writeFileSync(process.env[SEEN_FILE] as string, JSON.stringify({ calls: [...calls], checks }));
});
