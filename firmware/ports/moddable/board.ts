/**
 * Makes the ports of a board and starts the firmware.
 * @module
 */
import { reasonOf } from '../../federation/guard.js';
import { SETTINGS } from '../../federation/settings.js';
import { FlashStore } from '../../flash/store.js';
import { start } from '../../main.js';
import { BoardClock } from './clock.js';
import { HardwareEntropy } from './entropy.js';
import type { OpenHost } from './host.js';
import { TraceLog } from './log.js';
import { BoardTransport } from './transport.js';

export function startBoard(openHost: OpenHost): void {
  const log = new TraceLog();
  try {
    const clock = new BoardClock(log);
    const entropy = new HardwareEntropy();
    const host = openHost(log, clock, entropy);
    const { identity, task, examples, settings } = host;
    log.line(`${identity.device}: ${identity.board} board, task ${task}, ${examples.count} examples`);
    const ports = {
      identity,
      task,
      transport: new BoardTransport(host.network),
      clock,
      entropy,
      flash: new FlashStore(host.partition),
      examples,
      log,
      freeBytes: () => host.freeBytes(),
    };
    start(ports, { ...SETTINGS, ...settings });
  } catch (error) {
    log.line(`cannot start: ${reasonOf(error)}`);
  }
}
