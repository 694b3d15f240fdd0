/**
 * A chip: Wi-Fi, flash partitions, and settings from its setup in flash, or else from the command line
 * that built the firmware (`mcconfig … ssid=… password=… broker=…`).
 * @module
 */
import config from 'mc/config';
// biome-ignore lint/style/useNodejsImportProtocol: the SDK's module
import Net from 'net';
import SNTP from 'sntp';
import Time from 'time';
import type { Clock, Entropy, Log, SetupStore } from '../../ports.js';
import type { Host } from '../host.js';
import { Light } from '../light.js';
import { engineMemory } from '../memory.js';
import { freeBytes } from '../native/chip.js';
import { releaseOf } from '../release.js';
import { openFirmware } from './firmware.js';
import { openLamp } from './lamp.js';
import { WifiNetwork } from './network.js';
import { openPartition } from './partition.js';
import { resetReason } from './reset.js';
import { openSensors } from './sensor.js';
import { Wifi } from './wifi.js';

/** @param kept the board's only store of its setup: a second one would not see what this one writes */
export function openHost(
  kept: SetupStore,
  log: Log,
  clock: Clock,
  entropy: Entropy,
  isSecure: boolean,
): Host {
  const setup = kept.load();
  const ssid = setup.ssid ?? text('ssid');
  const task = setup.task ?? text('task');
  if (ssid === undefined) throw new Error('no Wi-Fi; say: wifi <name> <password>, then: reset');
  if (task === undefined) throw new Error('no task; say: task <name>, then: reset');
  const password = setup.ssid === undefined ? text('password') : setup.password;
  const network = new WifiNetwork({
    task,
    isSecure,
    broker: setup.broker ?? text('broker'),
    last: setup.last,
    clock,
    log,
    remember: (last) => kept.save({ ...kept.load(), last }), // a person may have changed the rest
  });
  const wifi = new Wifi({
    ssid,
    password,
    clock,
    entropy,
    log,
    onUp: () => {
      askTime(log);
      network.up();
    },
    onDown: () => network.down(),
  });
  const device = setup.device ?? text('device') ?? `esp32-${wifi.mac.replaceAll(':', '').toLowerCase()}`;
  const board: string = config.board;
  const release = releaseOf({ target: text('target'), release: text('release'), key: text('key') }, board);
  const lamp = openLamp(log);
  return {
    identity: { device, board },
    task,
    network,
    partition: openPartition('models'),
    shard: openPartition('shard'),
    sensors: openSensors(clock, log),
    indicator: lamp && new Light(lamp, clock),
    firmware: release && openFirmware(release),
    freeBytes,
    vitals: () => ({ ...engineMemory(), rssi: Net.get('RSSI') ?? 0, reset: resetReason() }),
  };
}

/** A value of the command line; those are always text, and an empty one is none. */
function text(name: string): string | undefined {
  const value: unknown = config[name];
  return value === undefined || value === '' ? undefined : String(value);
}

/** The time of day, for who looks at it: certificates and logs. Nothing waits for it. */
function askTime(log: Log): void {
  const host = text('sntp');
  if (host === undefined) return;
  new SNTP({ host }, (message, value) => {
    if (message === SNTP.time && value !== undefined) Time.set(value);
    else if (message === SNTP.error) log.line(`no time from ${host}`);
  });
}
