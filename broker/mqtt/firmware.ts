/**
 * Firmware to topics: its parts first, the announcement last, so that a board finds what it asks for.
 * @module
 */
import { encodeFirmware, type Firmware } from '../../shared/protocol/firmware.js';
import { encodeImagePart, IMAGE_PART_BYTES, imageParts } from '../../shared/protocol/image.js';
import { firmwareTopic, imageTopic } from '../../shared/protocol/topics.js';
import type { Publisher } from './publisher.js';

/** Resolves when all of it was handed to the server. */
export async function publishFirmware(
  publisher: Publisher,
  task: string,
  firmware: Firmware,
  image: Uint8Array,
): Promise<void> {
  const { target, version } = firmware;
  for (let part = 0; part < imageParts(image.length); part++) {
    const payload = image.subarray(part * IMAGE_PART_BYTES, (part + 1) * IMAGE_PART_BYTES);
    void publisher.publish(imageTopic(task, target, part), encodeImagePart({ version, part }, payload), true);
  }
  await publisher.publish(firmwareTopic(task, target), encodeFirmware(firmware), true);
}
