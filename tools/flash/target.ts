/**
 * Which chip a target of the SDK has, after the firmware's own manifest: it names the memory profile of each.
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Target {
  readonly platform: string; // as mcconfig takes it, `esp32/nodemcu`
  readonly chip: string; // as esptool takes it
  readonly bootloader: number; // where the chip's ROM looks for it
}

const PORTS = join(import.meta.dirname, '../../firmware/ports/moddable');

/**
 * By the profile of `boards/`. Offsets of the boot loader: ESP-IDF programming guide, "Bootloader".
 */
const CHIPS: Readonly<Record<string, Omit<Target, 'platform'>>> = {
  esp32: { chip: 'esp32', bootloader: 0x1000 },
  'esp32-s3': { chip: 'esp32s3', bootloader: 0 },
  'esp32-s3-psram': { chip: 'esp32s3', bootloader: 0 },
  'esp32-c3': { chip: 'esp32c3', bootloader: 0 },
};

/** Chips of the SDK's targets that the firmware has no profile for, by their names. */
const FOREIGN = /(s2|c5|c6|h2|p4)(_|$)/;

interface Manifest {
  readonly platforms: Readonly<Record<string, { readonly include?: string | readonly string[] }>>;
}

/** @throws RangeError for a platform that is no ESP32, or of a chip that the firmware does not know */
export function targetNamed(platform: string): Target {
  if (!/^esp32(\/\w+)?$/.test(platform)) {
    throw new RangeError(`target ${platform}, expected one such as esp32/nodemcu`);
  }
  if (FOREIGN.test(platform)) throw new RangeError(`target ${platform}, expected an ESP32, S3 or C3`);
  const { platforms } = JSON.parse(readFileSync(join(PORTS, 'manifest.json'), 'utf8')) as Manifest;
  const entry = platforms[platform] ?? platforms.esp32;
  const profile = [entry?.include ?? []]
    .flat()
    .map((path) => /boards\/([\w-]+)\.json$/.exec(path)?.[1])
    .find((name) => name !== undefined);
  const chip = profile === undefined ? undefined : CHIPS[profile];
  if (chip === undefined) throw new RangeError(`target ${platform} has no board profile in the manifest`);
  return { platform, ...chip };
}
