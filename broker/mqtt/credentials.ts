/**
 * The broker's certificate and key for TLS, read and checked before anything starts.
 * @module
 */
import { constants, createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContext } from 'node:tls';

/** Files in PEM. */
export interface CredentialFiles {
  readonly cert: string; // the broker's certificate, then those up to its authority
  readonly key: string;
}

/**
 * Forward secrecy and authenticated encryption only. Boards speak TLS 1.2 with the first of them; in the
 * SDK's socket the older kind of cipher takes more room than it reckons with.
 */
const CIPHERS = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
];

/** @throws RangeError in one line when a file is missing or wrong, or the key is another certificate's */
export function readCredentials({ cert, key }: CredentialFiles, nowMs: number): SecureContext {
  const certText = readText('certificate', cert);
  const keyText = readText('key', key);
  const certificate = parsed(
    `certificate ${cert}`,
    'a certificate in PEM',
    () => new X509Certificate(certText),
  );
  const privateKey = parsed(`key ${key}`, 'a private key in PEM without a password', () =>
    createPrivateKey(keyText),
  );
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new RangeError(`key ${key} of another certificate, expected that of ${cert}`);
  }
  if (Date.parse(certificate.validTo) <= nowMs) {
    throw new RangeError(`certificate ${cert} good until ${certificate.validTo}, expected a later day`);
  }
  return parsed(`certificate ${cert}`, 'one that TLS takes', () =>
    createSecureContext({
      cert: certText,
      key: keyText,
      minVersion: 'TLSv1.2',
      ciphers: CIPHERS.join(':'),
      ecdhCurve: 'P-256:X25519',
      honorCipherOrder: true,
      secureOptions: constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_NO_COMPRESSION,
    }),
  );
}

function readText(what: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new RangeError(`${what} ${path}: ${(error as NodeJS.ErrnoException).code}, expected a file`);
  }
}

function parsed<T>(what: string, expected: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new RangeError(`${what}: ${(error as Error).message}, expected ${expected}`);
  }
}
