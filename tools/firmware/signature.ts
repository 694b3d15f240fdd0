/**
 * The maker's side of firmware updates: key, digest and signature, by Node's own cryptography. ECDSA over
 * P-256 with SHA-256, which a board verifies with what its TLS needs anyway.
 * @module
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
} from 'node:crypto';
import type { Crypto } from '../../firmware/ports/ports.js';
import { type Firmware, signedBytes } from '../../shared/protocol/firmware.js';

const CURVE = 'prime256v1';
const RAW = 'ieee-p1363'; // r and s, not DER
const COORDINATE_BYTES = 32;

/** A new private key as PEM text. */
export function makeKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: CURVE });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/**
 * What boards are given of a key: x and y, 32 bytes each.
 * @param pem private key, or public one
 * @throws Error when it is no key of P-256
 */
export function publicKeyOf(pem: string): Uint8Array {
  const key = createPublicKey(pem);
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (curve !== CURVE) throw new Error(`key of ${curve ?? key.asymmetricKeyType}, expected ${CURVE}`);
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  return new Uint8Array(Buffer.concat([x, y].map((text) => Buffer.from(text, 'base64url'))));
}

/** @throws RangeError when target or version is out of range */
export function signFirmware(
  image: Uint8Array,
  { target, version }: Pick<Firmware, 'target' | 'version'>,
  pem: string,
): Firmware {
  const digest = new Uint8Array(createHash('sha256').update(image).digest());
  const firmware = { target, version, imageBytes: image.length, digest };
  const key = { key: createPrivateKey(pem), dsaEncoding: RAW } as const;
  return { ...firmware, signature: new Uint8Array(sign('sha256', signedBytes(firmware), key)) };
}

/** The port of emulated boards. */
export const NODE_CRYPTO: Crypto = {
  sha256() {
    const hash = createHash('sha256');
    return {
      update: (bytes) => void hash.update(bytes),
      finish: () => new Uint8Array(hash.digest()),
    };
  },
  isSigned(key, message, signature) {
    return verify('sha256', message, { key: keyFrom(key), dsaEncoding: RAW }, signature);
  },
};

function keyFrom(bytes: Uint8Array) {
  const coordinate = (at: number) =>
    Buffer.from(bytes.subarray(at, at + COORDINATE_BYTES)).toString('base64url');
  return createPublicKey({
    key: { kty: 'EC', crv: 'P-256', x: coordinate(0), y: coordinate(COORDINATE_BYTES) },
    format: 'jwk',
  });
}
