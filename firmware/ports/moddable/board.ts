/**
 * Makes the ports of a board and starts the firmware.
 * @module
 */
import { EnergyMeter } from '../../federation/energy.js';
import { reasonOf } from '../../federation/guard.js';
import { SETTINGS } from '../../federation/settings.js';
import { FlashStore } from '../../flash/store.js';
import { type RunningFirmware, start } from '../../main.js';
import { BoardClock } from './clock.js';
import { HardwareEntropy } from './entropy.js';
import type { OpenHost } from './host.js';
import { TraceLog } from './log.js';
import type { OpenStream } from './stream.js';
import { BoardTransport } from './transport.js';

/**
 * @param openStream TCP when left out
 * @returns undefined where it cannot start: a line says why
 */
export function startBoard(openHost: OpenHost, openStream?: OpenStream): RunningFirmware | undefined {
  const log = new TraceLog();
  try {
    const clock = new BoardClock(log);
    const entropy = new HardwareEntropy();
    const host = openHost(log, clock, entropy, openStream !== undefined);
    const { identity, task, examples, shard, sensors, indicator, firmware, settings } = host;
    const meter = new EnergyMeter(identity.board, clock, new BoardTransport(host.network, openStream));
    log.line(`${identity.device}: ${identity.board} board, task ${task}`);
    const ports = {
      identity,
      task,
      transport: meter.transport,
      clock: meter.clock,
      entropy,
      flash: new FlashStore(host.partition),
      examples,
      shard,
      sensors,
      log,
      freeBytes: () => host.freeBytes(),
      vitals: () => ({ ...host.vitals(), millijoules: meter.millijoules() }),
      indicator,
      firmware,
    };
    return start(ports, { ...SETTINGS, ...settings });
  } catch (error) {
    log.line(`cannot start: ${reasonOf(error)}`);
    return undefined;
  }
}
