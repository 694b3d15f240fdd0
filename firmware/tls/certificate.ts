/**
 * Whether a broker's certificate is one that this firmware trusts: signed by the one authority whose
 * certificate is built in, for the name under which the broker was called, and of this time. The SDK's own
 * check lets a false certificate pass when the true authority's is sent behind it, so it is not used.
 * Keys are of P-256, signatures ECDSA with SHA-256, as `sparrow certificate` makes them.
 * Source: RFC 5280, sections 4.1, 4.2 and 6.1; RFC 6125, section 6.4, for names.
 * @module
 */
import { frozen } from '../../shared/fixed/frozen.js';
import { ProtocolError } from '../../shared/protocol/error.js';
import type { Crypto } from '../ports/ports.js';
import { BIT_STRING, DerReader, isSame, OCTET_STRING, SEQUENCE } from './der.js';
import { readSignature } from './signature.js';

export interface Certificate {
  readonly body: Uint8Array; // what is signed
  readonly signature: Uint8Array; // r and s, 32 bytes each
  readonly key: Uint8Array; // x and y, 32 bytes each
  readonly names: readonly string[]; // DNS names and IPv4 addresses
  readonly isForServers: boolean;
  readonly fromMs: number; // of 1970
  readonly toMs: number;
}

const BOOLEAN = 0x01;
const VERSION = 0xa0;
const EXTENSIONS = 0xa3;
const DNS_NAME = 0x82;
const IP_ADDRESS = 0x87;
const UTC_TIME = 0x17;

/** Contents of the algorithm of a signature and of a key, and of identifiers. */
const ECDSA_SHA256: readonly number[] = frozen([0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2]);
const EC_P256: readonly number[] = frozen([
  ...[0x06, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1],
  ...[0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7],
]);
const SERVER_AUTHENTICATION: readonly number[] = frozen([0x2b, 6, 1, 5, 5, 7, 3, 1]);
/** The last byte of those extensions, 2.5.29.x, that are understood here or need not be. */
const KEY_USAGE = 15;
const ALTERNATIVE_NAME = 17;
const BASIC_CONSTRAINTS = 19;
const EXTENDED_KEY_USAGE = 37;
const KNOWN: readonly number[] = frozen([KEY_USAGE, ALTERNATIVE_NAME, BASIC_CONSTRAINTS, EXTENDED_KEY_USAGE]);

/** @throws ProtocolError when it is none, or of another kind */
export function readCertificate(bytes: Uint8Array): Certificate {
  const outer = new DerReader(bytes).enter(SEQUENCE);
  const body = outer.next(SEQUENCE);
  expectSame('signature algorithm', outer.next(SEQUENCE).content, ECDSA_SHA256);
  const signature = readSignature(bitsOf(outer));
  const inner = new DerReader(body.content);
  inner.next(VERSION);
  inner.next(); // serial number
  expectSame('signature algorithm', inner.next(SEQUENCE).content, ECDSA_SHA256);
  inner.next(SEQUENCE); // issuer
  const validity = inner.enter(SEQUENCE);
  const fromMs = timeOf(validity);
  const toMs = timeOf(validity);
  inner.next(SEQUENCE); // subject
  const publicKey = inner.enter(SEQUENCE);
  expectSame('key algorithm', publicKey.next(SEQUENCE).content, EC_P256);
  const point = bitsOf(publicKey);
  if (point.length !== 65 || point[0] !== 4)
    throw new ProtocolError('field', 'key, expected a point of P-256');
  const { names, isForServers } = readExtensions(inner);
  return { body: body.whole, signature, key: point.subarray(1), names, isForServers, fromMs, toMs };
}

export interface Trust {
  readonly authority: Certificate;
  readonly crypto: Pick<Crypto, 'isSigned'>;
}

/**
 * @param bytes of the broker's own certificate
 * @param name under which it was called: a DNS name or an IPv4 address
 * @returns why it is not trusted, in one line
 */
export function refuseCertificate(
  bytes: Uint8Array,
  name: string,
  nowMs: number,
  { authority, crypto }: Trust,
): string | undefined {
  let certificate: Certificate;
  try {
    certificate = readCertificate(bytes);
  } catch (error) {
    if (error instanceof ProtocolError) return `certificate: ${error.message}`;
    throw error;
  }
  const { names, fromMs, toMs, isForServers, body, signature } = certificate;
  if (!names.some((own) => isNamed(own, name))) {
    return `certificate for ${names.join(', ')}, expected one for ${name}`;
  }
  if (!isForServers) return 'certificate not for servers, expected one for them';
  if (nowMs < fromMs) return 'certificate not good yet, expected one, or another time of day here';
  if (nowMs > toMs) return 'certificate out of date, expected one that is good now';
  if (crypto.isSigned(authority.key, body, signature)) return undefined;
  return 'certificate of another authority, expected one of that in this firmware';
}

function readExtensions(reader: DerReader): Pick<Certificate, 'names' | 'isForServers'> {
  const names: string[] = [];
  let isForServers = true; // where it does not say
  while (!reader.isDone && reader.tag !== EXTENSIONS) reader.next();
  if (reader.isDone) return { names, isForServers };
  const list = reader.enter(EXTENSIONS).enter(SEQUENCE);
  while (!list.isDone) {
    const extension = list.enter(SEQUENCE);
    const id = extension.next(0x06).content;
    const isCritical = extension.tag === BOOLEAN && extension.next().content[0] !== 0;
    const value = new DerReader(extension.next(OCTET_STRING).content);
    const kind = id.length === 3 && id[0] === 0x55 && id[1] === 0x1d ? id[2] : 0;
    if (isCritical && !KNOWN.includes(kind)) {
      throw new ProtocolError('field', 'critical extension, expected none that is unknown');
    }
    if (kind === ALTERNATIVE_NAME) readNames(value.enter(SEQUENCE), names);
    else if (kind === EXTENDED_KEY_USAGE) isForServers = hasServers(value.enter(SEQUENCE));
  }
  return { names, isForServers };
}

function readNames(list: DerReader, names: string[]): void {
  while (!list.isDone) {
    const { tag, content } = list.next();
    if (tag === DNS_NAME) names.push(textOf(content));
    else if (tag === IP_ADDRESS && content.length === 4) names.push(content.join('.'));
  }
}

function hasServers(uses: DerReader): boolean {
  let has = false;
  while (!uses.isDone) has = isSame(uses.next(0x06).content, SERVER_AUTHENTICATION) || has;
  return has;
}

/** `*.` stands for one label at the front. */
function isNamed(own: string, name: string): boolean {
  const mine = own.toLowerCase();
  const wanted = name.toLowerCase();
  if (!mine.startsWith('*.')) return mine === wanted;
  const dot = wanted.indexOf('.');
  return dot > 0 && wanted.slice(dot) === mine.slice(1);
}

function timeOf(reader: DerReader): number {
  const { tag, content } = reader.next();
  const text = textOf(content);
  const [, year, ...rest] = /^(\d{2}|\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  if (year === undefined || (year.length === 2) !== (tag === UTC_TIME)) {
    throw new ProtocolError('field', 'time of a certificate, expected one of UTC');
  }
  const [month, day, hour, minute, second] = rest.map(Number);
  const century = year.length === 4 ? 0 : Number(year) < 50 ? 2000 : 1900;
  return Date.UTC(century + Number(year), month - 1, day, hour, minute, second);
}

function bitsOf(reader: DerReader): Uint8Array {
  const { content } = reader.next(BIT_STRING);
  if (content[0] !== 0) throw new ProtocolError('field', 'bits, expected whole bytes');
  return content.subarray(1);
}

function textOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

function expectSame(what: string, found: Uint8Array, expected: readonly number[]): void {
  if (!isSame(found, expected))
    throw new ProtocolError('field', `${what}, expected ECDSA over P-256 with SHA-256`);
}
