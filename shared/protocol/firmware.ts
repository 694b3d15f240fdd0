/**
 * The firmware frame: new firmware for the boards of one build, as its maker signed it. All in the
 * head; the image itself comes in parts (`image.ts`).
 *
 * What is signed are the bytes of `signedBytes`: the text "sparrow firmware 1" and a zero, then the
 * fields up to the digest. The signature is ECDSA over P-256 with SHA-256, as r and s of 32 bytes each,
 * big-endian: Node's `ieee-p1363` form.
 * Source: FIPS 186-5, section 6.
 * @module
 */
import { object, u8Array, u32 } from 'typed-binary';
import { frozen } from '../fixed/frozen.js';
import { decoding } from './error.js';
import { checkInteger, UINT32_MAX } from './field.js';
import { decodeFields, decodeFrame, encodeFields, encodeFrame, expectEmpty } from './frame.js';

export interface Firmware {
  readonly target: string; // the build that it is for, 1 to 15 of a-z, 0-9 and -
  readonly version: number; // uint32: major · 2^16 + minor · 2^8 + patch
  readonly imageBytes: number; // uint32, 1 or more
  readonly digest: Uint8Array; // SHA-256 of the image
  readonly signature: Uint8Array;
}

export const DIGEST_BYTES = 32;
export const SIGNATURE_BYTES = 64;

const TARGET_BYTES = 16; // the last one is always 0
const TARGET_NAME = /^[a-z0-9-]{1,15}$/;
const SIGNED_FIELDS_BYTES = 56;
const FIRMWARE_BYTES = SIGNED_FIELDS_BYTES + SIGNATURE_BYTES;
const FIRMWARE = frozen(
  object({
    target: u8Array(TARGET_BYTES), // ASCII, filled with zeros
    version: u32,
    imageBytes: u32,
    digest: u8Array(DIGEST_BYTES),
    signature: u8Array(SIGNATURE_BYTES),
  }),
);

const SIGNED_TEXT = 'sparrow firmware 1\0';

export function isTargetName(text: string): boolean {
  return TARGET_NAME.test(text);
}

/** @throws RangeError naming the field that is out of range */
export function encodeFirmware(firmware: Firmware): Uint8Array {
  return encodeFrame('firmware', headOf(firmware), []);
}

/** @throws ProtocolError; whether the signature is right is not looked at */
export function decodeFirmware(bytes: Uint8Array): Firmware {
  const frame = decodeFrame('firmware', bytes);
  expectEmpty(frame);
  const { target, digest, signature, ...numbers } = decodeFields(FIRMWARE, frame.head);
  return decoding(() => {
    const firmware = {
      target: targetFromBytes(target),
      ...numbers,
      digest: Uint8Array.from(digest),
      signature: Uint8Array.from(signature),
    };
    checkFirmware(firmware);
    return firmware;
  });
}

/** What the maker signs. @throws RangeError naming the field that is out of range */
export function signedBytes(firmware: Omit<Firmware, 'signature'>): Uint8Array {
  const head = headOf({ ...firmware, signature: new Uint8Array(SIGNATURE_BYTES) });
  const bytes = new Uint8Array(SIGNED_TEXT.length + SIGNED_FIELDS_BYTES);
  for (let i = 0; i < SIGNED_TEXT.length; i++) bytes[i] = SIGNED_TEXT.charCodeAt(i);
  bytes.set(head.subarray(0, SIGNED_FIELDS_BYTES), SIGNED_TEXT.length);
  return bytes;
}

/** `1.2.3` for people. */
export function formatVersion(version: number): string {
  return `${version >>> 16}.${(version >>> 8) & 255}.${version & 255}`;
}

function headOf(firmware: Firmware): Uint8Array {
  checkFirmware(firmware);
  const { target, version, imageBytes, digest, signature } = firmware;
  return encodeFields(FIRMWARE, FIRMWARE_BYTES, {
    target: targetToBytes(target),
    version,
    imageBytes,
    digest,
    signature,
  });
}

function checkFirmware({ target, version, imageBytes, digest, signature }: Firmware): void {
  if (!isTargetName(target)) throw new RangeError(`target "${target}", expected 1 to 15 of a-z, 0-9 and -`);
  checkInteger('version', version, 0, UINT32_MAX);
  checkInteger('imageBytes', imageBytes, 1, UINT32_MAX);
  checkInteger('digest bytes', digest.length, DIGEST_BYTES, DIGEST_BYTES);
  checkInteger('signature bytes', signature.length, SIGNATURE_BYTES, SIGNATURE_BYTES);
}

function targetToBytes(target: string): Uint8Array {
  return Uint8Array.from({ length: TARGET_BYTES }, (_, i) => (i < target.length ? target.charCodeAt(i) : 0));
}

/** Keeps a zero that stands between characters, so that the check of the name refuses it. */
function targetFromBytes(bytes: Uint8Array): string {
  let length = bytes.length;
  while (length > 0 && bytes[length - 1] === 0) length--;
  let target = '';
  for (let i = 0; i < length; i++) target += String.fromCharCode(bytes[i]);
  return target;
}
