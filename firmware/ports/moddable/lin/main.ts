/**
 * The entry of the Linux build.
 * @module
 */
import { runLine } from '../../../console/console.js';
import { FlashSetup } from '../../../flash/setup.js';
import { startBoard } from '../board.js';
import { BoardClock } from '../clock.js';
import { deskOf } from '../desk.js';
import { TraceLog } from '../log.js';
import { restart } from './firmware.js';
import { openHost, readSettings } from './host.js';
import { FilePartition } from './partition.js';

const SETUP_BYTES = 8192;

/** What `settings.json` has as `console` is typed once the firmware has started. */
export default function main(): void {
  const log = new TraceLog();
  const firmware = startBoard(openHost);
  const { board, console: lines = [] } = readSettings();
  const desk = deskOf({
    board,
    setup: new FlashSetup(new FilePartition('setup', SETUP_BYTES)),
    clock: new BoardClock(log),
    log,
    freeBytes: () => 0,
    restart,
    running: () => firmware,
  });
  for (const line of lines) runLine(line, desk);
}
