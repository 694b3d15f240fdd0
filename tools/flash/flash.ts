/**
 * Flashes a row of boards: builds once, then writes one board after the other. A board that fails does not
 * stop the others. Passwords lie in files that only this user may read, and only while they are needed.
 * @module
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Setup } from '../../firmware/ports/ports.js';
import { run } from '../firmware/sdk.js';
import { setupImage, shardImage } from './image.js';
import { partitionNamed } from './partitions.js';
import {
  type BoardPlan,
  buildCommand,
  firmwarePieces,
  formatCommand,
  type Piece,
  type PlanOptions,
  setupOf,
  writeCommand,
} from './plan.js';

export interface Row {
  readonly plan: PlanOptions;
  readonly boards: readonly BoardPlan[];
  readonly setup: Setup; // of all boards; the name is each board's own
  /** The examples of a part, as an fld file; left out: what is in the boards' flash stays. */
  readonly shard?: (part: number) => Uint8Array;
  readonly env: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
}

export interface BoardResult {
  readonly board: BoardPlan;
  readonly mac?: string; // as esptool told it
  readonly error?: string; // undefined: flashed
}

/** Of a board that has no name of its own: `esp32-` and its address, as the firmware makes it. */
export function chipName(mac: string): string {
  return `esp32-${mac.replaceAll(':', '').toLowerCase()}`;
}

/**
 * Everything that would be run, with nothing written and no password told.
 * @throws RangeError when a board could not use its setup or shard
 */
export function dryRun({ plan, boards, setup, shard }: Row): string[] {
  for (const board of boards) imagesOf(plan, setupOf(setup, board), shard, board);
  return [
    formatCommand(buildCommand(plan)),
    ...boards.map((board) => {
      const name = board.device ?? 'board';
      const images = ['setup', 'trial', ...(shard === undefined ? [] : ['shard'])];
      const pieces = images.map((partition) => ({
        offset: partitionNamed(plan.partitions, partition).offset,
        path: `<${partition} of ${name}>`.replaceAll(' ', '-'),
      }));
      return formatCommand(writeCommand(plan, board.port, pieces));
    }),
  ];
}

/** @throws Error with the last lines of the build when the firmware does not build */
export async function buildFirmware({ plan, env, say }: Row): Promise<void> {
  mkdirSync(plan.folder, { recursive: true });
  const pieces = firmwarePieces(plan);
  for (const { path } of pieces) rmSync(path, { force: true }); // the SDK's makefile goes on after errors
  const { program, words } = buildCommand(plan);
  say(`building for ${plan.target.platform}: minutes the first time`);
  const log = await run(program, words, { env });
  const missing = pieces.filter(({ path }) => !existsSync(path));
  if (missing.length === 0) return;
  throw new Error(`the build left no ${missing.map(({ path }) => path).join(', ')}:\n${log.slice(-2000)}`);
}

/** One result for each board, in their order. */
export async function flashBoards(row: Row): Promise<BoardResult[]> {
  const { plan, boards, setup, shard, env, say } = row;
  const results: BoardResult[] = [];
  for (const board of boards) {
    const name = board.device === undefined ? '' : `${board.device}, `;
    say(`${name}${board.port}: writing`);
    const folder = mkdtempSync(join(tmpdir(), 'sparrow-flash-')); // readable by this user only
    const forget = () => rmSync(folder, { recursive: true, force: true });
    process.once('exit', forget); // when it is interrupted, too
    try {
      const images = imagesOf(plan, setupOf(setup, board), shard, board).map(({ name, offset, bytes }) => {
        const path = join(folder, `${name}.bin`);
        writeFileSync(path, bytes, { mode: 0o600 });
        return { offset, path };
      });
      const mac = await write(row, board, images, env);
      results.push({ board, mac });
      say(`${board.device ?? (mac === undefined ? board.port : chipName(mac))}: flashed`);
    } catch (error) {
      const text = (error as Error).message;
      results.push({ board, error: text });
      say(`${name}${board.port}: FAILED: ${text}`);
    } finally {
      process.off('exit', forget);
      forget();
    }
  }
  return results;
}

interface Image {
  readonly name: string;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

function imagesOf(
  { partitions }: PlanOptions,
  setup: Setup,
  shard: Row['shard'],
  { part }: BoardPlan,
): Image[] {
  const place = (name: string) => partitionNamed(partitions, name);
  const images = [
    { ...place('setup'), bytes: setupImage(setup, place('setup')) },
    // Whatever update was under way, it was one of the firmware that is replaced now.
    { ...place('trial'), bytes: new Uint8Array(place('trial').bytes).fill(0xff) },
  ];
  if (shard !== undefined && part !== undefined) {
    images.push({ ...place('shard'), bytes: shardImage(shard(part), place('shard')) });
  }
  return images;
}

/** @returns the board's address, where esptool tells it. @throws Error with esptool's last words */
async function write(
  { plan }: Row,
  { port }: BoardPlan,
  images: readonly Piece[],
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const { program, words } = writeCommand(plan, port, images);
  const child = spawn(program, words, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (error) => reject(new Error(`${program} does not start: ${error.message}`)));
    child.once('close', resolve);
  });
  const lines = text.split(/[\r\n]+/).filter((line) => line.trim() !== '');
  if (code !== 0) throw new Error(lines.slice(-2).join(' / ') || `${program} ended with ${code}`);
  return /MAC:\s*((?:[0-9a-f]{2}:){5}[0-9a-f]{2})/i.exec(text)?.[1];
}
