/**
 * The port `Crypto`: the SDK's own SHA-256 and ECDSA, whose arithmetic is in C.
 * @module
 */
import { Digest } from 'crypt';
import Curve from 'curve';
import ECDSA from 'ecdsa';
import ECPoint from 'ecp';
import type { Crypto, Digest as PortDigest } from '../ports.js';

const UNCOMPRESSED = 4; // SEC 1, section 2.3.3

export class BoardCrypto implements Crypto {
  sha256(): PortDigest {
    const digest = new Digest('SHA256');
    return {
      // It takes views as well, which its types do not know.
      update: (bytes) => digest.write(bytes as unknown as ArrayBuffer),
      finish: () => new Uint8Array(digest.close()),
    };
  }

  isSigned(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
    const point = new Uint8Array(1 + key.length);
    point[0] = UNCOMPRESSED;
    point.set(key, 1);
    const hash = this.sha256();
    hash.update(message);
    const digest = hash.finish().buffer as ArrayBuffer;
    const verifier = new ECDSA(ECPoint.fromOctetString(point), new Curve('secp256r1'));
    return verifier.verify(digest, signature.slice().buffer as ArrayBuffer);
  }
}
