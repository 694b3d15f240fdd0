import { setMaxListeners } from 'node:events';
import type { Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../../shared/fixed/random.js';
import { told } from '../../../tools/test/hook.js';
import { Certificates } from '../certificates.js';
import { connectPacket, until } from '../mqtt/clients.js';
import { pour, Siege, sleep } from './siege.js';

const test = suite('attack on TLS');

/** Beyond what the broker had in peace: a half-open handshake takes some 100 KB. */
const LIMIT_BYTES = 200_000_000;

const certificates = new Certificates();
let siege: Siege;
test.before(
  told(async () => {
    siege = await Siege.begin({ port: undefined, tls: { ...certificates.files, port: 0 } }, certificates.ca);
  }),
);
test.after(async () => {
  await siege.end();
  certificates.remove();
});

/** The first message of a client, up to its last byte but so many. */
const HELLO = Buffer.from(
  `160301007b010000770303${'ab'.repeat(32)}000002c02b0100004c` +
    '000d00040002040300' +
    '0a00040002001700' +
    `${'0b00020100'}`,
  'hex',
);

/** Resolves with the socket after the handshake, or when it failed. */
async function secure(signal: AbortSignal): Promise<TLSSocket> {
  const socket = connect({
    port: siege.broker.port,
    host: '127.0.0.1',
    ca: certificates.ca,
    maxVersion: 'TLSv1.2',
  });
  setMaxListeners(0, signal); // hundreds wait for it
  signal.addEventListener('abort', () => socket.destroy());
  socket.on('error', () => {});
  await new Promise<void>((resolve) => {
    socket.once('secureConnect', () => resolve());
    socket.once('close', () => resolve());
  });
  return socket;
}

async function boardsComeBack(): Promise<void> {
  for (const board of siege.room.boards) board.restart();
  await siege.rounds(5);
}

test('three hundred handshakes that stop half-way, opened again when cut, keep no board out', async () => {
  const growth = await siege.under(async (signal) => {
    const knock = async () => {
      while (!signal.aborted) {
        const socket: Socket = await siege.socket();
        socket.write(HELLO.subarray(0, 60));
        while (!signal.aborted && !socket.destroyed) await sleep(20);
      }
    };
    const all = Array.from({ length: 300 }, knock);
    await sleep(300);
    await boardsComeBack();
    await Promise.all(all);
  });
  assert.ok(growth < LIMIT_BYTES, `${growth} bytes`);
});

test('handshakes a byte at a time keep no board out', async () => {
  const growth = await siege.under(async (signal) => {
    const loris = async () => {
      const socket = await siege.socket();
      for (const byte of HELLO) {
        if (signal.aborted || socket.destroyed) break;
        socket.write(Uint8Array.of(byte));
        await sleep(40);
      }
    };
    const all = Array.from({ length: 200 }, loris);
    await sleep(100);
    await boardsComeBack();
    await Promise.all(all);
  });
  assert.ok(growth < LIMIT_BYTES, `${growth} bytes`);
});

test('two hundred that finish the handshake and say nothing keep no board out', async () => {
  const growth = await siege.under(async (signal) => {
    const all = Array.from({ length: 200 }, async () => {
      const socket = await secure(signal);
      while (!signal.aborted && !socket.destroyed) await sleep(20);
    });
    await sleep(200);
    await boardsComeBack();
    await Promise.all(all);
  });
  assert.ok(growth < LIMIT_BYTES, `${growth} bytes`);
});

test('garbage in the place of a handshake, and within it, ends the connection and nothing else', async () => {
  const random = new Random(1);
  const growth = await siege.under(
    async (signal) => {
      for (let i = 0; i < 300 && !signal.aborted; i++) {
        const garbage = Uint8Array.from({ length: 1 + random.below(300) }, () => random.below(256));
        const socket = await siege.socket();
        if (i % 3 === 0) socket.write(HELLO.subarray(0, random.below(HELLO.length)));
        if (i % 3 === 1) socket.write(Buffer.from([22, 3, 3, 1, 44]));
        socket.end(garbage);
      }
    },
    { rounds: 10 },
  );
  assert.ok(growth < LIMIT_BYTES, `${growth} bytes`);
});

test('plain MQTT, and plain floods, at the port for TLS are cut', async () => {
  await siege.under(async (signal) => {
    const flood = Buffer.concat(Array.from({ length: 200 }, (_, i) => connectPacket(`plain-${i}`)));
    for (let i = 0; i < 50 && !signal.aborted; i++) {
      const socket = await siege.socket();
      await pour(socket, signal, () => flood);
      await until(() => signal.aborted || socket.destroyed, 'its end');
    }
  });
  assert.ok(siege.logged(/no TLS handshake/).length > 0);
});

test('who negotiates again and again is refused, and costs no round', async () => {
  let done = 0;
  await siege.under(async (signal) => {
    const turn = async () => {
      while (!signal.aborted) {
        const socket = await secure(signal);
        const again = new Promise<void>((resolve) => {
          socket.once('close', () => resolve());
          if (socket.destroyed) return resolve();
          socket.renegotiate({}, (error) => {
            if (error === null) done += 1;
            resolve();
          });
        });
        await Promise.race([again, sleep(1000)]);
        socket.destroy();
      }
    };
    await Promise.all([turn(), turn(), turn()]);
  });
  assert.is(done, 0);
});

test.run();
