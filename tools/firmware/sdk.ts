/**
 * The Moddable SDK on this machine: found through the environment variable MODDABLE, as its own tools
 * are. Nothing of it is in the repository; where there is none, what needs it says so and does nothing.
 * @module
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface Sdk {
  readonly folder: string;
  /** With the SDK's tools and a `tsc` in the path. */
  readonly env: NodeJS.ProcessEnv;
}

const ROOT = join(import.meta.dirname, '../..');
const NODE_TOOLS = join(ROOT, 'node_modules/.bin');

/** The SDK, or in one line why there is none. */
export function findSdk(): Sdk | string {
  const folder = process.env.MODDABLE;
  if (folder === undefined || folder === '') return 'the Moddable SDK is not installed: MODDABLE is not set';
  const tools = join(folder, 'build/bin/lin/release');
  if (!existsSync(join(tools, 'mcconfig'))) return `the Moddable SDK in ${folder} is not built for Linux`;
  // A `tsc` of the person's own comes first, npm run or not: version 7 takes a tenth of the time.
  const own = (process.env.PATH ?? '').split(delimiter).filter((entry) => !isAddedByNpm(entry));
  const path = [tools, ...own, NODE_TOOLS].join(delimiter);
  return { folder, env: { ...process.env, MODDABLE: folder, PATH: path } };
}

/** The `node_modules/.bin` of the project's folder and of those above it. */
function isAddedByNpm(entry: string): boolean {
  const [folder, rest] = entry.split(/[\\/]node_modules[\\/]\.bin/);
  return rest === '' && `${ROOT}/`.startsWith(`${folder}/`);
}

/**
 * Runs a program to its end.
 * @returns what it printed, both streams in the order of their lines
 * @throws Error with the last lines when its exit code is not 0
 */
export async function run(
  command: string,
  args: readonly string[],
  { env, cwd }: { readonly env: NodeJS.ProcessEnv; readonly cwd?: string },
): Promise<string> {
  const child = spawn(command, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`${command} ended with ${code}:\n${lastLines(text)}`);
  return text;
}

const SHOWN_LINES = 20;

/** What a person needs to see of a failed build: its errors, else its last lines. */
function lastLines(text: string): string {
  const lines = text.trim().split('\n');
  const errors = lines.filter((line) => /error|not found|warning/i.test(line) && !line.startsWith('# '));
  return (errors.length > 0 ? errors.slice(0, SHOWN_LINES) : lines.slice(-SHOWN_LINES)).join('\n');
}
