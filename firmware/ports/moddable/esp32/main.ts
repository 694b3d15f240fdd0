/**
 * The entry on a chip.
 * @module
 */
import { reasonOf } from '../../../federation/guard.js';
import { FlashSetup } from '../../../flash/setup.js';
import { startBoard } from '../board.js';
import { TraceLog } from '../log.js';
import type { OpenStream } from '../stream.js';
import { openHost } from './host.js';
import { openPartition } from './partition.js';
import { startConsole } from './serial.js';

export default function main(): void {
  boot();
}

/** @param openStream TCP when left out */
export function boot(openStream?: OpenStream): void {
  const log = new TraceLog();
  try {
    startConsole(new FlashSetup(openPartition('setup')), log);
  } catch (error) {
    log.line(`no console: ${reasonOf(error)}`);
  }
  startBoard(openHost, openStream);
}
