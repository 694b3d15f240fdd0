/**
 * The bytes of partitions that are flashed with the firmware: made here by the code that reads them on the board.
 * @module
 */
import { FlashSetup } from '../../firmware/flash/setup.js';
import type { Setup } from '../../firmware/ports/ports.js';
import { isTaskName } from '../../shared/protocol/device.js';
import { parsePlace } from '../../shared/protocol/service.js';
import { ownShardImage } from '../../shared/protocol/shardimage.js';
import { NorChip } from '../emulator/chip.js';
import type { Partition } from './partitions.js';

const SHORTEST_PASSWORD = 8; // WPA2, in characters

/**
 * All of the partition, as it is after the board was told this setup.
 * @throws RangeError naming a field that a board could not use
 */
export function setupImage(setup: Setup, { bytes }: Partition): Uint8Array {
  const { ssid, password, broker, task } = setup;
  if (ssid === undefined || ssid === '') throw new RangeError('no Wi-Fi, expected its name');
  if (password !== undefined && password.length < SHORTEST_PASSWORD) {
    throw new RangeError(`password of the Wi-Fi, expected ${SHORTEST_PASSWORD} characters or more`);
  }
  if (broker !== undefined) parsePlace(broker);
  if (task !== undefined && !isTaskName(task)) {
    throw new RangeError(`task ${task}, expected 1 to 32 of a-z, 0-9 and -`);
  }
  const chip = new NorChip(bytes);
  new FlashSetup(chip).save(setup);
  const image = new Uint8Array(bytes);
  chip.read(0, image);
  return image;
}

/**
 * @param fld the board's examples as an fld file
 * @throws RangeError when they do not fit
 */
export function shardImage(fld: Uint8Array, { name, bytes }: Partition): Uint8Array {
  const image = ownShardImage(fld);
  if (image.length <= bytes) return image;
  throw new RangeError(
    `shard of ${image.length} B, expected at most ${bytes} B: the partition ${name}; deal more parts`,
  );
}
