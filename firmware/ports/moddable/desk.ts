/**
 * What a person at a board's console can ask for, on every platform: before the firmware has started, too, since
 * it is where a board is told of its Wi-Fi.
 * @module
 */
import type { ConsoleOptions } from '../../console/console.js';
import { startSelfCheck } from '../../federation/selfcheck.js';
import type { RunningFirmware } from '../../main.js';
import type { Clock, Log, SetupStore } from '../ports.js';

export interface DeskOptions {
  readonly board: string; // profile name
  readonly setup: SetupStore;
  readonly clock: Clock;
  readonly log: Log;
  freeBytes(): number;
  restart(): void;
  /** Undefined until it has started, or where it could not. */
  running(): RunningFirmware | undefined;
}

export function deskOf({
  board,
  setup,
  clock,
  log,
  freeBytes,
  restart,
  running,
}: DeskOptions): ConsoleOptions {
  const say = (line: string) => log.line(line);
  return {
    setup,
    say,
    status: () => running()?.status() ?? ['the firmware has not started'],
    label(label) {
      const firmware = running();
      if (firmware === undefined) throw new RangeError('the firmware has not started');
      firmware.label(label);
    },
    selftest: () => startSelfCheck({ board, clock, freeBytes, say }),
    restart,
  };
}
