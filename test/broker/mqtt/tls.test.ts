import { connect as connectPlain, type Socket } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { MqttBroker } from '../../../broker/mqtt/broker.js';
import { readCredentials } from '../../../broker/mqtt/credentials.js';
import { makeBroker } from '../../../tools/certificate/certificate.js';
import { authority, Certificates } from '../certificates.js';
import { connectPacket, subscribePacket, until } from './clients.js';

const test = suite('mqtt over tls');

const certificates = new Certificates();
const brokers: MqttBroker[] = [];
const sockets: Socket[] = [];
test.after(async () => {
  for (const socket of sockets) socket.destroy();
  for (const broker of brokers) await broker.close();
  certificates.remove();
});

const uplinks = {
  hasReported: () => false,
  receiveUpdate: async () => {},
  receiveStatus: async () => {},
  receiveMetrics: () => {},
  receiveGone: () => {},
};

async function start(maxClients = 300) {
  const lines: string[] = [];
  const context = readCredentials(certificates.files, Date.now());
  const settings = {
    task: 'digits',
    host: '127.0.0.1',
    port: 0,
    tls: { port: 0, context },
    maxClients,
    maxUpdateBytes: 10_000,
    maxQueuedBytes: 262_144,
  };
  const broker = new MqttBroker(settings, (line) => lines.push(line));
  brokers.push(broker);
  const { plain = 0, tls = 0 } = await broker.listen(uplinks);
  return { broker, plain, tls, lines };
}

/** Resolves when the handshake is over. */
async function dial(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connect({ port, host: '127.0.0.1', ca: certificates.ca, ...options });
  sockets.push(socket);
  await new Promise<void>((resolve, reject) => {
    socket.once('secureConnect', () => resolve());
    socket.once('error', reject);
  });
  socket.on('error', () => {});
  return socket;
}

function closed(socket: Socket): Promise<boolean> {
  return new Promise((resolve) => socket.once('close', () => resolve(true)));
}

test('a board over TLS is let in beside one without', async () => {
  const { plain, tls } = await start();
  assert.not.equal(plain, tls);
  const socket = await dial(tls);
  const answers: number[] = [];
  socket.on('data', (bytes: Buffer) => answers.push(bytes[0]));
  socket.write(connectPacket('a'));
  await until(() => answers.length === 1, 'CONNACK');
  socket.write(subscribePacket('fl/1/digits/plan'));
  await until(() => answers.length === 2, 'SUBACK');
  assert.equal(answers, [0x20, 0x90]);
  assert.is(socket.authorized, true);
});

test('who speaks plain to the port for TLS is closed, and so is TLS at the plain port', async () => {
  const { plain, tls, lines } = await start();
  const socket = connectPlain(tls, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => {});
  const isClosed = closed(socket);
  socket.resume();
  socket.write(connectPacket('a'));
  assert.ok(await isClosed);
  await until(() => lines.length > 0, 'a line');
  assert.match(lines[0], /^127\.0\.0\.1: no TLS handshake/);
  await dial(plain).then(
    () => assert.unreachable('no TLS there'),
    () => {},
  );
});

test('a long packet over TLS is cut at its header', async () => {
  const { tls, lines } = await start();
  const socket = await dial(tls);
  const isClosed = closed(socket);
  socket.resume();
  socket.write(Buffer.from([0x10, 0xff, 0xff, 0x7f])); // CONNECT of 2 MB
  assert.ok(await isClosed);
  assert.match(lines[0], /packet too long, cut/);
});

test('of handshakes that never end the oldest goes when there are too many', async () => {
  const { tls, lines } = await start(3);
  const slow = Array.from({ length: 4 }, () => connectPlain(tls, '127.0.0.1'));
  sockets.push(...slow);
  for (const socket of slow) socket.on('error', () => {}).resume();
  await Promise.race(slow.map(closed));
  assert.match(lines[0], /said nothing while 3 others waited, cut/);
});

test('TLS 1.2 and 1.3 are spoken, nothing older, and no weak cipher', async () => {
  const { tls } = await start();
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    const socket = await dial(tls, { minVersion: version, maxVersion: version });
    assert.is(socket.getProtocol(), version);
    assert.match(socket.getCipher().name, /GCM|CHACHA/);
  }
  const board = await dial(tls, { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' });
  assert.is(board.getCipher().name, 'ECDHE-ECDSA-AES128-GCM-SHA256'); // the SDK's only one for such a key
  for (const options of [
    { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' },
    { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA256:AES128-SHA' },
  ] as const) {
    await dial(tls, options).then(
      () => assert.unreachable('weak'),
      (error: Error) => assert.match(error.message, /alert|protocol|handshake/i),
    );
  }
});

test('a client that negotiates again gets nowhere', async () => {
  const { tls } = await start();
  const socket = await dial(tls, { maxVersion: 'TLSv1.2' });
  const outcome = await new Promise<string>((resolve) => {
    socket.on('close', () => resolve('closed'));
    socket.on('error', () => resolve('closed'));
    socket.renegotiate({}, (error) => resolve(error === null ? 'done' : 'refused'));
  });
  assert.not.equal(outcome, 'done');
});

test('records are short enough for a board', async () => {
  const { broker, tls } = await start();
  const socket = await dial(tls, { maxVersion: 'TLSv1.2' });
  const lengths: number[] = [];
  socket.on('data', (bytes: Buffer) => lengths.push(bytes.length)); // one record each
  socket.write(Buffer.concat([connectPacket('a'), subscribePacket('fl/1/digits/model')]));
  await until(() => lengths.length >= 2, 'SUBACK');
  await broker.publisher.publish('fl/1/digits/model', new Uint8Array(20_000).fill(1), false);
  await until(() => lengths.reduce((sum, length) => sum + length, 0) > 20_000, 'the model');
  assert.ok(Math.max(...lengths) <= 1024, `${Math.max(...lengths)}`);
});

const NOW = Date.now();
const read = (cert: string, key: string, nowMs = NOW) => {
  try {
    readCredentials({ cert, key }, nowMs);
    return 'read';
  } catch (error) {
    assert.instance(error, RangeError);
    return (error as Error).message;
  }
};

test('what is wrong with certificate and key is one line', () => {
  const { cert, key } = certificates.files;
  const other = makeBroker(authority(), ['a'], 30);
  const otherKey = certificates.write('other.key', other.key);
  const text = certificates.write('text.pem', 'no certificate');
  const locked = certificates.write(
    'locked.key',
    '-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n',
  );
  assert.is(read(cert, key), 'read');
  assert.match(read('/nowhere.pem', key), /^certificate \/nowhere\.pem: ENOENT, expected a file$/);
  assert.match(read(cert, '/nowhere.key'), /^key \/nowhere\.key: ENOENT, expected a file$/);
  assert.match(read(text, key), /^certificate .*text\.pem: .*, expected a certificate in PEM$/);
  assert.match(read(cert, text), /^key .*text\.pem: .*, expected a private key in PEM without a password$/);
  assert.match(read(cert, locked), /^key .*locked\.key: .*, expected a private key/);
  assert.match(
    read(cert, otherKey),
    /^key .*other\.key of another certificate, expected that of .*broker\.pem$/,
  );
  assert.match(read(cert, key, NOW + 1e11), /^certificate .* good until .*, expected a later day$/);
  for (const line of [read(text, key), read(cert, text), read(cert, locked)]) assert.not.match(line, /\n/);
});

test.run();
