/**
 * The serial ports of this machine at which a board may be.
 * @module
 */
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

/** By the names that Linux and macOS give to USB serial adapters and to chips with USB of their own. */
const NAMES = /^(ttyUSB|ttyACM|cu\.usb|cu\.SLAB|cu\.wchusb)/;
const BY_ID = 'serial/by-id'; // named after the board: stays the same when cables change places

/** Each port once, by its steadiest name, sorted. @param devices `/dev`, or for a test another folder */
export function findPorts(devices = '/dev'): string[] {
  const byId = join(devices, BY_ID);
  const names = [
    ...(existsSync(byId) ? readdirSync(byId).map((name) => join(byId, name)) : []),
    ...readdirSync(devices)
      .filter((name) => NAMES.test(name))
      .map((name) => join(devices, name)),
  ];
  const found = new Map<string, string>();
  for (const name of names) {
    const device = realpathSync(name);
    if (!found.has(device)) found.set(device, name);
  }
  return [...found.values()].sort();
}

/** @throws RangeError when a port is not there, or is named twice under whatever names */
export function checkPorts(ports: readonly string[]): void {
  const seen = new Map<string, string>();
  for (const port of ports) {
    if (!existsSync(port)) throw new RangeError(`port ${port} is not there; plugged in?`);
    const device = realpathSync(port);
    const other = seen.get(device);
    if (other !== undefined) throw new RangeError(`port ${port} is the same as ${other}, expected each once`);
    seen.set(device, port);
  }
}
