/**
 * The port `FirmwareHost` on a chip: the partitions of `partitions.csv`, seen through the SDK's flash.
 * @module
 */
import type { FirmwareHost } from '../../ports.js';
import { BoardCrypto } from '../crypto.js';
import { runningSlot } from '../native/chip.js';
import type { Release } from '../release.js';
import { openPartition } from './partition.js';
import { restart } from './restart.js';

/** Of the SDK: the firmware slot that is not running. */
const SPARE = 'nextota';

/** @throws Error when the board was flashed with another partition table */
export function openFirmware(release: Release): FirmwareHost {
  return {
    ...release,
    running: runningSlot(),
    spare: openPartition(SPARE),
    choice: openPartition('otadata'),
    trial: openPartition('trial'),
    crypto: new BoardCrypto(),
    restart,
  };
}
