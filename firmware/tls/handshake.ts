/**
 * Looks over the shoulder of a TLS 1.2 client while it shakes hands: every byte from the broker passes
 * here before the client acts on it. The SDK's client believes more than it should: it goes on without a
 * signature, in another order, with weaker ciphers, and takes an alert for the end of the handshake. Here
 * there is one way through: ECDHE over P-256, a key exchange signed with ECDSA and SHA-256, AES-GCM.
 * The signature itself is verified by the client.
 * Source: RFC 5246, sections 6.2 and 7.4; RFC 8422, section 5.4.
 * @module
 */
import { frozen } from '../../shared/fixed/frozen.js';
import { ProtocolError } from '../../shared/protocol/error.js';
import { readSignature } from './signature.js';

const CHANGE_CIPHER_SPEC = 20;
const ALERT = 21;
const HANDSHAKE = 22;

const SERVER_HELLO = 2;
const CERTIFICATE = 11;
const SERVER_KEY_EXCHANGE = 12;
const SERVER_HELLO_DONE = 14;
/** The only order. */
const ORDER: readonly number[] = frozen([SERVER_HELLO, CERTIFICATE, SERVER_KEY_EXCHANGE, SERVER_HELLO_DONE]);

const TLS_1_2 = 0x0303;
const ECDHE_ECDSA_AES_128_GCM_SHA256 = 0xc02b;
const NAMED_CURVE = 3;
const P256 = 23;
const POINT_BYTES = 65;
const SHA256_ECDSA = 0x0403;

const RECORD_HEADER = 5;
const MESSAGE_HEADER = 4;
/** Two certificates of ours have under 1 KB. */
const MAX_BYTES = 4096;

export class Handshake {
  readonly #refuse: (certificate: Uint8Array) => string | undefined;
  readonly #record = new Uint8Array(MAX_BYTES);
  #recordBytes = 0; // of the record in hand, with its header
  #messages = new Uint8Array(0); // what is left of whole records
  #step = 0;
  #isSealed = false;

  /** @param refuse why the broker's own certificate is not trusted */
  constructor(refuse: (certificate: Uint8Array) => string | undefined) {
    this.#refuse = refuse;
  }

  /** What follows is encrypted and authenticated: the client sees to it. */
  get isSealed(): boolean {
    return this.#isSealed;
  }

  /**
   * The next bytes of the broker, in any pieces.
   * @throws ProtocolError with the reason for which the connection must end
   */
  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length && !this.#isSealed; ) {
      const wanted =
        this.#recordBytes < RECORD_HEADER ? RECORD_HEADER : RECORD_HEADER + this.#lengthOfRecord();
      const count = Math.min(wanted - this.#recordBytes, bytes.length - at);
      this.#record.set(bytes.subarray(at, at + count), this.#recordBytes);
      this.#recordBytes += count;
      at += count;
      if (this.#recordBytes < RECORD_HEADER) continue;
      if (this.#recordBytes === RECORD_HEADER + this.#lengthOfRecord()) {
        const body = this.#record.slice(RECORD_HEADER, this.#recordBytes);
        this.#recordBytes = 0;
        this.#take(this.#record[0], body);
      }
    }
  }

  #lengthOfRecord(): number {
    const length = number16(this.#record, 3);
    if (this.#record[1] !== 3) throw wrong('no TLS', 'a broker with TLS at that port');
    if (length === 0 || length > MAX_BYTES - RECORD_HEADER)
      throw wrong(`record of ${length} bytes`, '1 to 4,091');
    return length;
  }

  #take(type: number, body: Uint8Array): void {
    if (type === ALERT) throw new ProtocolError('field', `refused by the broker (TLS alert ${body[1]})`);
    if (type === CHANGE_CIPHER_SPEC) {
      if (this.#step < ORDER.length || this.#messages.length > 0) throw outOfOrder();
      this.#isSealed = true;
      return;
    }
    if (type !== HANDSHAKE) throw outOfOrder();
    if (this.#messages.length + body.length > MAX_BYTES)
      throw wrong('handshake too long', 'at most 4,096 bytes');
    this.#messages = joined(this.#messages, body);
    while (this.#messages.length >= MESSAGE_HEADER) {
      const end = MESSAGE_HEADER + number24(this.#messages, 1);
      if (this.#messages.length < end) return;
      this.#check(this.#messages[0], this.#messages.subarray(MESSAGE_HEADER, end));
      this.#messages = this.#messages.slice(end);
    }
  }

  #check(type: number, body: Uint8Array): void {
    if (type !== ORDER[this.#step]) throw outOfOrder();
    this.#step += 1;
    if (type === SERVER_HELLO) checkHello(body);
    else if (type === CERTIFICATE) this.#checkCertificates(body);
    else if (type === SERVER_KEY_EXCHANGE) checkKeyExchange(body);
  }

  /** The first one is the broker's own; those behind it are not needed. */
  #checkCertificates(body: Uint8Array): void {
    if (body.length < 6) throw wrong('no certificate', 'one');
    const end = 6 + number24(body, 3);
    if (body.length < end) throw wrong('certificate cut off', 'all of it');
    const reason = this.#refuse(body.subarray(6, end));
    if (reason !== undefined) throw new ProtocolError('field', reason);
  }
}

function checkHello(body: Uint8Array): void {
  if (body.length < 38 || body.length < 38 + body[34]) throw wrong('hello cut off', 'all of it');
  const version = number16(body, 0);
  if (version !== TLS_1_2) throw wrong(`TLS version ${version.toString(16)}`, '303, which is 1.2');
  const cipher = number16(body, 35 + body[34]);
  if (cipher !== ECDHE_ECDSA_AES_128_GCM_SHA256) throw wrong(`cipher ${cipher.toString(16)}`, 'c02b');
  if (body[37 + body[34]] !== 0) throw wrong('compression', 'none');
}

function checkKeyExchange(body: Uint8Array): void {
  const isKnown = body.length > 8 + POINT_BYTES && body[0] === NAMED_CURVE && number16(body, 1) === P256;
  if (!isKnown || body[3] !== POINT_BYTES || body[4] !== 4) throw wrong('key exchange', 'a point of P-256');
  const at = 4 + POINT_BYTES;
  if (number16(body, at) !== SHA256_ECDSA) throw wrong('key exchange without ECDSA and SHA-256', 'both');
  if (number16(body, at + 2) !== body.length - at - 4) throw wrong('key exchange cut off', 'all of it');
  readSignature(body.subarray(at + 4));
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}

function number16(bytes: Uint8Array, at: number): number {
  return bytes[at] * 256 + bytes[at + 1];
}

function number24(bytes: Uint8Array, at: number): number {
  return bytes[at] * 65536 + number16(bytes, at + 1);
}

function outOfOrder(): ProtocolError {
  return new ProtocolError('field', 'TLS handshake out of order, expected the one of TLS 1.2 with ECDHE');
}

function wrong(found: string, expected: string): ProtocolError {
  return new ProtocolError('field', `${found}, expected ${expected}`);
}
