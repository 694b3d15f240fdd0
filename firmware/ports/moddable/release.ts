/**
 * What a build says of itself on its command line: `target=m5atom release=1.2.3 key=<public key>`. With a key, it
 * can be replaced over the network by firmware that the key's owner signed.
 * @module
 */
import { isTargetName } from '../../../shared/protocol/firmware.js';
import { FIRMWARE_VERSION } from '../../federation/settings.js';
import type { FirmwareHost } from '../ports.js';

export type Release = Pick<FirmwareHost, 'target' | 'version' | 'key'>;

const KEY_BYTES = 64; // x and y of a point on P-256
const HEX = /^[0-9a-f]+$/i;
const VERSION = /^(\d{1,5})\.(\d{1,3})\.(\d{1,3})$/;

/**
 * @param target a name, else the board's profile
 * @param release three numbers, else the version of the source
 * @returns undefined without a key
 * @throws RangeError naming what cannot be right
 */
export function releaseOf(
  { target, release, key }: { readonly target?: string; readonly release?: string; readonly key?: string },
  board: string,
): Release | undefined {
  if (key === undefined) return undefined;
  const name = target ?? board;
  if (!isTargetName(name)) throw new RangeError(`target "${name}", expected 1 to 15 of a-z, 0-9 and -`);
  return { target: name, version: versionOf(release), key: keyOf(key) };
}

function versionOf(text: string | undefined): number {
  if (text === undefined) return FIRMWARE_VERSION;
  const [major = -1, minor = -1, patch = -1] = VERSION.exec(text)?.slice(1).map(Number) ?? [];
  if (major < 0 || major > 65535 || minor > 255 || patch > 255) {
    throw new RangeError(`release ${text}, expected a version such as 1.2.3`);
  }
  return major * 65536 + minor * 256 + patch;
}

function keyOf(text: string): Uint8Array {
  if (text.length !== 2 * KEY_BYTES || !HEX.test(text)) {
    throw new RangeError(`key of ${text.length} characters, expected ${2 * KEY_BYTES} hex digits`);
  }
  return Uint8Array.from({ length: KEY_BYTES }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
}
