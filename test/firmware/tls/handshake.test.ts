import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readCertificate, refuseCertificate } from '../../../firmware/tls/certificate.js';
import { Handshake } from '../../../firmware/tls/handshake.js';
import { ProtocolError } from '../../../shared/protocol/error.js';
import { derOf, type Identity, makeBroker } from '../../../tools/certificate/certificate.js';
import { NODE_CRYPTO } from '../../../tools/firmware/signature.js';
import { told } from '../../../tools/test/hook.js';
import { authority } from '../../broker/certificates.js';
import { handshakeOf, messagesOf, RECORD } from './wire.js';

const test = suite('tls/handshake');

const ca = authority();
const trust = { authority: readCertificate(derOf(ca.certificate)), crypto: NODE_CRYPTO };
const broker = makeBroker(ca, ['laptop.local'], 30);
const refuse = (bytes: Uint8Array) => refuseCertificate(bytes, 'laptop.local', Date.now(), trust);

let good: Buffer;
test.before(
  told(async () => {
    good = Buffer.concat(await handshakeOf(broker));
  }),
);

/** What a board makes of these bytes, in pieces of so many. */
function judged(bytes: Uint8Array, piece = bytes.length): string {
  const handshake = new Handshake(refuse);
  try {
    for (let at = 0; at < bytes.length; at += piece) handshake.push(bytes.subarray(at, at + piece));
    return handshake.isSealed ? 'sealed' : 'waiting';
  } catch (error) {
    assert.instance(error, ProtocolError);
    return (error as Error).message;
  }
}

/** The good handshake with the bytes of one message changed in place. */
function changed(type: number, change: (body: Buffer) => void): Buffer {
  const bytes = Buffer.from(good);
  const { at, length } = messagesOf(bytes).find((message) => message.type === type)!;
  change(bytes.subarray(at + 4, at + 4 + length));
  return bytes;
}

const record = (type: number, ...body: number[]) => Buffer.from([type, 3, 3, 0, body.length, ...body]);

test('a good handshake comes through, in pieces of any size', () => {
  for (const piece of [1, 2, 3, 5, 7, 100, 1436, good.length]) assert.is(judged(good, piece), 'sealed');
});

test('until its last byte it is not over', () => {
  const sealed = good.indexOf(Buffer.from([20, 3, 3, 0, 1, 1])) + 6;
  for (let end = 0; end < sealed; end += 11) assert.is(judged(good.subarray(0, end)), 'waiting', `${end}`);
  assert.is(judged(good.subarray(0, sealed)), 'sealed');
});

test('a key exchange without a signature is refused', () => {
  const at = 4 + 65;
  for (const algorithm of [0x0000, 0x0003, 0x0400, 0x0401, 0x0203, 0x0807]) {
    const bytes = changed(12, (body) => void body.writeUInt16BE(algorithm, at));
    assert.match(judged(bytes), /^key exchange without ECDSA and SHA-256, expected both$/);
  }
});

test('a signature of zeros, or another curve, is refused', () => {
  const zeros = changed(12, (body) => {
    const at = 4 + 65 + 4 + 2;
    for (const number of [at, at + 2 + body[at + 1]]) body.fill(0, number + 2, number + 2 + body[number + 1]);
  });
  assert.match(judged(zeros), /^signature, expected two numbers of P-256$/);
  assert.match(
    judged(changed(12, (body) => void body.writeUInt16BE(29, 1))),
    /^key exchange, expected a point of P-256$/,
  );
});

test('an older version, a weaker cipher and compression are refused', () => {
  const hello = (at: number, value: number) => changed(2, (body) => void body.writeUInt16BE(value, at));
  const cipherAt = 35 + messagesBody(2)[34];
  assert.match(judged(hello(0, 0x0302)), /^TLS version 302, expected 303/);
  for (const cipher of [0x002f, 0xc02f, 0xc023, 0x00ff]) {
    assert.match(judged(hello(cipherAt, cipher)), /^cipher .*, expected c02b$/);
  }
  assert.match(judged(changed(2, (body) => void body.writeUInt8(1, cipherAt + 2))), /^compression/);
});

test('messages left out, repeated or in another order are refused', () => {
  const parts = messagesOf(good).map(({ at, length }) => good.subarray(at, at + 4 + length));
  const rest = good.subarray(good.indexOf(Buffer.from([20, 3, 3, 0, 1, 1])));
  const order = (...places: number[]) =>
    judged(
      Buffer.concat([
        ...places.map((place) => {
          const head = Buffer.from([22, 3, 3, 0, 0]);
          head.writeUInt16BE(parts[place].length, 3);
          return Buffer.concat([head, parts[place]]);
        }),
        rest,
      ]),
    );
  assert.is(parts.length, 4);
  assert.is(order(0, 1, 2, 3), 'sealed');
  for (const places of [[], [0], [0, 1], [0, 1, 2], [0, 2, 3], [0, 1, 3], [1, 0, 2, 3], [0, 0], [0, 1, 1]]) {
    assert.match(order(...places), /^TLS handshake out of order/, places.join());
  }
});

test('an alert, plain data and the end of the handshake before its time end the connection', () => {
  const start = good.subarray(0, RECORD + good.readUInt16BE(3));
  for (const bytes of [Buffer.alloc(0), start]) {
    assert.is(judged(Buffer.concat([bytes, record(21, 2, 40)])), 'refused by the broker (TLS alert 40)');
    assert.is(judged(Buffer.concat([bytes, record(21, 1, 0)])), 'refused by the broker (TLS alert 0)');
    assert.match(judged(Buffer.concat([bytes, record(23, 1)])), /out of order/);
    assert.match(judged(Buffer.concat([bytes, record(20, 1)])), /out of order/);
    assert.match(judged(Buffer.concat([bytes, record(22, 0, 0, 0, 0)])), /out of order/); // hello request
  }
});

test('what is no TLS is told as such, and no length is believed', () => {
  assert.match(judged(Buffer.from('HTTP/1.1 400 Bad Request')), /^no TLS, expected a broker with TLS/);
  assert.match(judged(Buffer.from([22, 3, 3, 0xff, 0xff])), /^record of 65535 bytes/);
  const long = Buffer.from([22, 3, 3, 4, 0, 2, 0xff, 0xff, 0xff]);
  const endless = Buffer.concat([long, Buffer.alloc(1024 - 4), ...Array.from({ length: 4 }, () => filler())]);
  assert.match(judged(endless), /^handshake too long/);
});

test('the certificate is judged before the client sees it', async () => {
  const forged = makeBroker(authority(), ['laptop.local'], 30);
  const own = forged.certificate.slice(0, forged.certificate.indexOf('-----END') + 26);
  const cases: [Identity, RegExp][] = [
    [forged, /^certificate of another authority, expected one of that in this firmware$/],
    // the true authority's certificate behind it: the SDK's own check takes this one
    [{ ...forged, certificate: `${own}${ca.certificate}` }, /^certificate of another authority/],
    [makeBroker(ca, ['other.local'], 30), /^certificate for other\.local, expected one for laptop\.local$/],
  ];
  for (const [identity, expected] of cases) {
    assert.match(judged(Buffer.concat(await handshakeOf(identity))), expected);
  }
});

test('with any bit changed it is refused, or the client would notice', () => {
  const signedPart = messagesOf(good).find(({ type }) => type === 11)!;
  const from = signedPart.at + 4 + 6;
  const length = good.readUIntBE(signedPart.at + 4 + 3, 3);
  for (let at = from; at < from + length; at += 3) {
    const bytes = Buffer.from(good);
    bytes[at] ^= 1 << (at % 8);
    assert.is.not(judged(bytes), 'sealed', `byte ${at - from} of the certificate`);
  }
});

function messagesBody(type: number): Buffer {
  const { at, length } = messagesOf(good).find((message) => message.type === type)!;
  return good.subarray(at + 4, at + 4 + length);
}

function filler(): Buffer {
  return Buffer.concat([Buffer.from([22, 3, 3, 4, 0]), Buffer.alloc(1024)]);
}

test.run();
