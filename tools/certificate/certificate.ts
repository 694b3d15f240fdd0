/**
 * A private authority and the certificates of its brokers: ECDSA over P-256 with SHA-256, by Node's own
 * cryptography. For a room of boards that are built with the authority's certificate; nobody else
 * needs to trust it.
 *
 * They are made so that the Moddable SDK's TLS, which is stricter and looser than others, takes them: the
 * authority names its own key, and both numbers of a signature are 32 bytes long.
 * Source: RFC 5280, RFC 5758.
 * @module
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto';
import { isIPv4 } from 'node:net';
import {
  bitString,
  boolean,
  explicit,
  implicit,
  integer,
  objectId,
  octetString,
  sequence,
  setOf,
  time,
  utf8String,
} from './der.js';

/** Texts in PEM. */
export interface Identity {
  readonly certificate: string; // a broker's: its own, then its authority's
  readonly key: string; // private
}

export interface Term {
  readonly from: Date;
  readonly days: number;
}

interface Draft {
  readonly subject: string;
  readonly issuer: string;
  readonly publicKey: KeyObject;
  readonly issuerKey: KeyObject; // private
  readonly term: { readonly from: Date; readonly to: Date };
  readonly extensions: readonly Buffer[];
}

const CURVE = 'prime256v1';
const ECDSA_SHA256 = '1.2.840.10045.4.3.2';
const COMMON_NAME = '2.5.4.3';
const SERVER_AUTHENTICATION = '1.3.6.1.5.5.7.3.1';
const SIGNS_CERTIFICATES = bitString(Buffer.of(0x04), 2); // keyUsage, bit 5
const SIGNS = bitString(Buffer.of(0x80), 7); // keyUsage, bit 0
const VERSION_3 = explicit(0, integer(Buffer.of(2)));
const SERIAL_BYTES = 16;
const POINT_BYTES = 65; // the end of a public key of P-256 in DER
const NUMBER_BYTES = 32;
const DAY_MS = 86_400_000;
const MAX_NAME_BYTES = 253;
const NAME = /^(\*\.)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$/;

/** @param name for people, in every list of certificates */
export function makeAuthority(name: string, term: Term): Identity {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: CURVE });
  const certificate = signed({
    subject: name,
    issuer: name,
    publicKey,
    issuerKey: privateKey,
    term: { from: term.from, to: endOf(term) },
    extensions: [
      extension('2.5.29.19', sequence(boolean(true), integer(Buffer.of(0))), true), // basicConstraints
      extension('2.5.29.15', SIGNS_CERTIFICATES, true),
    ],
  });
  return { certificate: pem(certificate), key: pemOfKey(privateKey) };
}

/**
 * A certificate of a broker. It begins with its authority's, not today: a board without the time of
 * day takes the authority's beginning for today.
 * @param names DNS names and IPv4 addresses under which boards reach it
 * @throws RangeError for a name that is neither
 */
export function makeBroker(authority: Identity, names: readonly string[], days: number): Identity {
  if (names.length === 0) throw new RangeError('names 0, expected at least 1');
  const issuer = new X509Certificate(authority.certificate);
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: CURVE });
  const to = Math.min(Date.parse(issuer.validTo), Date.now() + days * DAY_MS);
  const certificate = signed({
    subject: names[0],
    issuer: issuer.subject.replace(/^CN=/, ''),
    publicKey,
    issuerKey: createPrivateKey(authority.key),
    term: { from: new Date(issuer.validFrom), to: new Date(to) },
    extensions: [
      extension('2.5.29.19', sequence(), true),
      extension('2.5.29.15', SIGNS, true),
      extension('2.5.29.37', sequence(objectId(SERVER_AUTHENTICATION))),
      extension('2.5.29.17', sequence(...names.map(alternativeName))),
    ],
  });
  return { certificate: `${pem(certificate)}${authority.certificate}`, key: pemOfKey(privateKey) };
}

/** The first certificate of a text in PEM as its bytes in DER, which boards are built with. */
export function derOf(certificate: string): Buffer {
  return new X509Certificate(certificate).raw;
}

/**
 * Signs until both numbers of the signature fill their 32 bytes, as 127 of 128 do: the SDK cuts a
 * shorter one at the wrong place.
 */
function signed({ subject, issuer, publicKey, issuerKey, term, extensions }: Draft): Buffer {
  const algorithm = sequence(objectId(ECDSA_SHA256));
  const body = sequence(
    VERSION_3,
    integer(Buffer.concat([Buffer.of(1), randomBytes(SERIAL_BYTES - 1)])),
    algorithm,
    nameOf(issuer),
    sequence(time(term.from), time(term.to)),
    nameOf(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    explicit(
      3,
      sequence(
        ...extensions,
        extension('2.5.29.14', octetString(keyId(publicKey))),
        extension('2.5.29.35', sequence(implicit(0, keyId(createPublicKey(issuerKey))))),
      ),
    ),
  );
  for (;;) {
    const numbers = sign('sha256', body, { key: issuerKey, dsaEncoding: 'ieee-p1363' });
    if (numbers[0] === 0 || numbers[NUMBER_BYTES] === 0) continue;
    const signature = sequence(
      integer(numbers.subarray(0, NUMBER_BYTES)),
      integer(numbers.subarray(NUMBER_BYTES)),
    );
    return sequence(body, algorithm, bitString(signature));
  }
}

function extension(id: string, value: Uint8Array, isCritical = false): Buffer {
  return sequence(objectId(id), ...(isCritical ? [boolean(true)] : []), octetString(value));
}

function nameOf(text: string): Buffer {
  return sequence(setOf(sequence(objectId(COMMON_NAME), utf8String(text))));
}

function alternativeName(name: string): Buffer {
  if (isIPv4(name)) return implicit(7, Uint8Array.from(name.split('.').map(Number)));
  if (!NAME.test(name) || name.length > MAX_NAME_BYTES) {
    throw new RangeError(`name ${name}, expected a DNS name or an IPv4 address`);
  }
  return implicit(2, Buffer.from(name));
}

/** RFC 5280, section 4.2.1.2, method 1. */
function keyId(publicKey: KeyObject): Buffer {
  const point = publicKey.export({ type: 'spki', format: 'der' }).subarray(-POINT_BYTES);
  return createHash('sha1').update(point).digest();
}

function endOf({ from, days }: Term): Date {
  return new Date(from.getTime() + days * DAY_MS);
}

function pem(certificate: Buffer): string {
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

function pemOfKey(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
