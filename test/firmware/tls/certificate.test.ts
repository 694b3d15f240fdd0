import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readCertificate, refuseCertificate } from '../../../firmware/tls/certificate.js';
import { ProtocolError } from '../../../shared/protocol/error.js';
import { derOf, makeAuthority, makeBroker } from '../../../tools/certificate/certificate.js';
import { NODE_CRYPTO } from '../../../tools/firmware/signature.js';

const test = suite('tls/certificate');

const DAY_MS = 86_400_000;
const FROM = Date.UTC(2026, 0, 2, 3, 4, 5);
const ca = makeAuthority('A room', { from: new Date(FROM), days: 36_500 });
const trust = { authority: readCertificate(derOf(ca.certificate)), crypto: NODE_CRYPTO };
const leaf = derOf(makeBroker(ca, ['Laptop.local', '*.home', '192.168.1.10'], 30).certificate);
const NOW = Date.now();
const refused = (bytes: Uint8Array, name: string, nowMs = NOW) =>
  refuseCertificate(bytes, name, nowMs, trust);

test('what is in a certificate is read', () => {
  const { names, isForServers, fromMs, toMs, key, signature } = readCertificate(leaf);
  assert.equal(names, ['Laptop.local', '*.home', '192.168.1.10']);
  assert.ok(isForServers);
  assert.is(fromMs, FROM);
  assert.ok(Math.abs(toMs - NOW - 30 * DAY_MS) < DAY_MS);
  assert.equal([key.length, signature.length], [64, 64]);
  assert.is(trust.authority.toMs, FROM + 36_500 * DAY_MS); // beyond 2049, in the long form
});

test('names and addresses are compared as a whole', () => {
  for (const name of ['laptop.local', 'LAPTOP.LOCAL', '192.168.1.10', 'a.home', 'b.home']) {
    assert.is(refused(leaf, name), undefined, name);
  }
  for (const name of [
    'local',
    'laptop.local.evil',
    'xlaptop.local',
    '192.168.1.1',
    'home',
    'a.b.home',
    '',
    '*.home2',
  ]) {
    assert.match(refused(leaf, name) ?? '', /^certificate for .*, expected one for /, name);
  }
});

test('it is good from its beginning to its end', () => {
  const { toMs } = readCertificate(leaf);
  assert.is(refused(leaf, 'a.home', FROM), undefined);
  assert.is(refused(leaf, 'a.home', toMs), undefined);
  assert.match(refused(leaf, 'a.home', FROM - 1) ?? '', /^certificate not good yet/);
  assert.match(refused(leaf, 'a.home', toMs + 1) ?? '', /^certificate out of date/);
});

test('another authority of the same name signs nothing here', () => {
  const other = makeAuthority('A room', { from: new Date(FROM), days: 3650 });
  const forged = derOf(makeBroker(other, ['a.home'], 30).certificate);
  assert.match(refused(forged, 'a.home') ?? '', /^certificate of another authority/);
  assert.match(refused(derOf(other.certificate), 'a.home') ?? '', /^certificate for /);
});

test('an authority is no broker', () => {
  assert.match(refused(derOf(ca.certificate), 'a.home') ?? '', /^certificate for , expected/);
});

test('cut off anywhere it is no certificate, and nothing else is thrown', () => {
  for (let end = 0; end < leaf.length; end++) {
    assert.throws(
      () => readCertificate(leaf.subarray(0, end)),
      (error: Error) => error instanceof ProtocolError,
    );
  }
});

test('with any byte changed it is refused', () => {
  for (let at = 0; at < leaf.length; at++) {
    const bytes = Uint8Array.from(leaf);
    bytes[at] ^= 0x55;
    assert.ok(refused(bytes, 'a.home') !== undefined, `byte ${at}`);
  }
});

test.run();
