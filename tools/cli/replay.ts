/**
 * `sparrow replay`: makes updates again from their capsules and compares them bit for bit.
 * @module
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { XsReplayer } from '../replay/engine.js';
import { type Replay, replay } from '../replay/replay.js';
import { missingForHost } from '../xs/build.js';

export function replayCommand(): Command {
  return new Command('replay')
    .description('make updates again from their capsules, on Node and on XS, and compare them bit for bit')
    .argument('<capsule...>', 'capsules, or folders of them')
    .action(run);
}

async function run(paths: readonly string[]): Promise<void> {
  const capsules = paths.flatMap(capsulesAt);
  if (capsules.length === 0) throw new RangeError(`no capsule in ${paths.join(', ')}, expected one or more`);
  const missing = missingForHost();
  if (missing !== undefined) console.log(`only on Node: ${missing}`);
  const xs = missing === undefined ? await XsReplayer.open() : undefined;
  let failed = 0;
  try {
    for (const path of capsules) {
      const { same, different } = await replay(path, xs).catch(unreadable);
      for (const line of different) console.log(line.startsWith('capsule ') ? line : `${path}: ${line}`);
      if (different.length === 0) console.log(`${path}: ${same.join('; ')}`);
      else failed += 1;
    }
  } finally {
    await xs?.close();
  }
  console.log(`${capsules.length - failed} of ${capsules.length} capsules gave the same update`);
  if (failed > 0) process.exitCode = 1;
}

/** What is no capsule is one more that did not give the same, and no reason to leave the others. */
function unreadable(error: unknown): Replay {
  if (error instanceof RangeError) return { same: [], different: [error.message] };
  throw error;
}

/** @throws RangeError when there is nothing of this name */
function capsulesAt(path: string): string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined)
    throw new RangeError(`${path}: no such file, expected a capsule or a folder of them`);
  if (!found.isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => name.endsWith('.capsule'))
    .sort()
    .map((name) => join(path, name));
}
