/**
 * The entry on a chip.
 * @module
 */
import config from 'mc/config';
import { reasonOf } from '../../../federation/guard.js';
import { FlashSetup } from '../../../flash/setup.js';
import type { RunningFirmware } from '../../../main.js';
import { startBoard } from '../board.js';
import { BoardClock } from '../clock.js';
import { deskOf } from '../desk.js';
import { TraceLog } from '../log.js';
import { freeBytes } from '../native/chip.js';
import type { OpenStream } from '../stream.js';
import { watchButton } from './button.js';
import { openHost } from './host.js';
import { openPartition } from './partition.js';
import { restart } from './restart.js';
import { startConsole } from './serial.js';

export default function main(): void {
  boot();
}

/** @param openStream TCP when left out */
export function boot(openStream?: OpenStream): void {
  const log = new TraceLog();
  try {
    const setup = new FlashSetup(openPartition('setup'));
    const clock = new BoardClock(log);
    let firmware: RunningFirmware | undefined;
    const running = () => firmware;
    startConsole(deskOf({ board: config.board, setup, clock, log, freeBytes, restart, running }), log);
    firmware = startBoard((...ports) => openHost(setup, ...ports), openStream);
    watchButton(() => firmware?.nextLabel(), log);
  } catch (error) {
    log.line(`cannot start: ${reasonOf(error)}`);
  }
}
