import { createPrivateKey, X509Certificate } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { derOf, makeAuthority, makeBroker } from '../../../tools/certificate/certificate.js';

const test = suite('certificate');

const DAY_MS = 86_400_000;
const FROM = new Date('2026-01-02T03:04:05Z');
const ca = makeAuthority('A room', { from: FROM, days: 3650 });
const issuer = new X509Certificate(ca.certificate);

test('an authority signs itself, and may sign others', () => {
  assert.is(issuer.subject, 'CN=A room');
  assert.ok(issuer.ca);
  assert.ok(issuer.verify(issuer.publicKey));
  assert.ok(issuer.checkIssued(issuer));
  assert.is(Date.parse(issuer.validFrom), FROM.getTime());
  assert.is(Date.parse(issuer.validTo), FROM.getTime() + 3650 * DAY_MS);
});

test('a broker has the names it was given, and nothing else', () => {
  const { certificate, key } = makeBroker(ca, ['laptop.local', '192.168.1.10', 'sparrow-broker'], 30);
  const found = new X509Certificate(certificate);
  assert.ok(found.checkIssued(issuer));
  assert.ok(found.verify(issuer.publicKey));
  assert.ok(found.checkPrivateKey(createPrivateKey(key)));
  assert.not(found.ca);
  for (const name of ['laptop.local', 'sparrow-broker']) assert.is(found.checkHost(name), name);
  assert.is(found.checkIP('192.168.1.10'), '192.168.1.10');
  assert.is(found.checkHost('other.local'), undefined);
  assert.is(found.checkIP('192.168.1.11'), undefined);
});

test('its chain ends with its authority, and its time lies within it', () => {
  const { certificate } = makeBroker(ca, ['a'], 100_000);
  const [own = '', above, ...rest] =
    certificate.match(/-----BEGIN[\s\S]*?-----END CERTIFICATE-----\n/g) ?? [];
  assert.is(above, ca.certificate);
  assert.is(rest.length, 0);
  const found = new X509Certificate(own);
  assert.is(found.validFrom, issuer.validFrom); // a board without the time takes this moment for now
  assert.is(found.validTo, issuer.validTo);
});

test('the numbers of a signature have 32 bytes, as the SDK needs', () => {
  for (let i = 0; i < 300; i++) {
    const der = derOf(makeBroker(ca, ['a'], 30).certificate);
    const lengths = signatureLengths(der);
    assert.ok(
      lengths.every((length) => length === 32 || length === 33),
      `${lengths}`,
    );
  }
});

test('a name that is none is refused', () => {
  for (const name of ['', 'a b', 'a..b', '256.1.1.1:1', 'x'.repeat(254), '::1']) {
    assert.throws(() => makeBroker(ca, [name], 30), /expected a DNS name or an IPv4 address/);
  }
  assert.throws(() => makeBroker(ca, [], 30), /names 0, expected at least 1/);
});

/** Of the two integers at the end of a certificate. */
function signatureLengths(der: Buffer): number[] {
  for (let at = der.length - 60; at > der.length - 90; at--) {
    const isSignature = der[at] === 0x30 && der[at + 1] === der.length - at - 2 && der[at + 2] === 2;
    if (isSignature) return [der[at + 3], der[at + 3 + der[at + 3] + 2]];
  }
  throw new Error('no signature at the end');
}

test.run();
