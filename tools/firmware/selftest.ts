/**
 * The selftest of a board of the SDK's Linux build, asked for at its console, without any broker.
 * @module
 */
import { LinuxBoard } from './board.js';
import type { LinuxBuild } from './build.js';
import { Lines } from './lines.js';

const NO_BROKER = 1; // a port that nobody listens on

/**
 * Prints what the board says of it.
 * @returns whether it passed
 */
export async function selftestOnLinux(
  build: LinuxBuild,
  folder: string,
  shard: Uint8Array,
): Promise<boolean> {
  const lines = new Lines((line) => /slices|selftest|a step/.test(line));
  const board = new LinuxBoard({
    ...{ build, folder, device: 'board-0', board: 'esp32', task: 'digits', shard },
    port: NO_BROKER,
    console: ['selftest'],
    onLine: (line) => lines.push(line),
  });
  board.start();
  try {
    const verdict = await Promise.race([lines.heard(/selftest (passed|FAILED)/), board.died]);
    return verdict.includes('passed');
  } finally {
    await board.stop();
  }
}
