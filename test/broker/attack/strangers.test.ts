import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../../shared/fixed/random.js';
import { told } from '../../../tools/test/hook.js';
import { connectPacket, publishPacket, until } from '../mqtt/clients.js';
import { statusFrame } from '../task.js';
import { pour, Siege, sleep } from './siege.js';

const test = suite('attack by strangers');

/** Beyond what the broker had in peace: each connection takes some 50 KB, and what is free is not given back at once. */
const LIMIT_BYTES = 120_000_000;
let siege: Siege;
test.before(
  told(async () => {
    siege = await Siege.begin();
  }),
);
test.after(() => siege.end());

/** Of the room's boards: they lose their connections, and need new ones in the middle of the attack. */
async function reconnect(): Promise<void> {
  for (const board of siege.room.boards) board.restart();
}

test('five hundred connections that say nothing, opened again when cut, keep no board out', async () => {
  const growth = await siege.under(async (signal) => {
    const knock = async () => {
      while (!signal.aborted) {
        const socket = await siege.socket();
        while (!signal.aborted && !socket.destroyed) await sleep(20);
      }
    };
    const all = Array.from({ length: 500 }, knock);
    await sleep(300);
    await reconnect();
    await siege.rounds(5);
    await Promise.all(all);
  });
  assert.ok(growth < LIMIT_BYTES, `${growth} bytes`);
});

test('two hundred that say CONNECT a byte at a time keep no board out', async () => {
  const growth = await siege.under(async (signal) => {
    const loris = async (i: number) => {
      const socket = await siege.socket();
      for (const byte of connectPacket(`loris-${i}`).subarray(0, -1)) {
        if (signal.aborted || socket.destroyed) break;
        socket.write(Uint8Array.of(byte));
        await sleep(40);
      }
    };
    const all = Array.from({ length: 200 }, (_, i) => loris(i));
    await sleep(100);
    await reconnect();
    await siege.rounds(5);
    await Promise.all(all);
  });
  assert.ok(growth < LIMIT_BYTES, `${growth} bytes`);
});

test('garbage, before CONNECT and after it, ends the connection and nothing else', async () => {
  const random = new Random(1);
  const growth = await siege.under(
    async (signal) => {
      for (let i = 0; i < 300 && !signal.aborted; i++) {
        const garbage = Uint8Array.from({ length: 1 + random.below(300) }, () => random.below(256));
        const socket = i % 2 === 0 ? await siege.socket() : await siege.member(`garbage-${i % 8}`);
        socket.end(garbage);
      }
    },
    { rounds: 10 },
  );
  assert.ok(growth < LIMIT_BYTES, `${growth} bytes`);
});

const UNSUBACK = 0xb0;
const MALFORMED: readonly (readonly [string, readonly number[]])[] = [
  ['a second CONNECT', [...connectPacket('malformed')]],
  ['PUBLISH at QoS 3', [0x36, 5, 0, 1, 0x61, 0, 1]],
  ['PUBLISH whose topic is longer than the packet', [0x30, 4, 0xff, 0xff, 0x61, 0x61]],
  ['PUBLISH without a topic', [0x30, 2, 0, 0]],
  ['PUBLISH to a wildcard', [0x30, 4, 0, 2, 0x61, 0x23]],
  ['PUBLISH at QoS 1 with packet identifier 0', [0x32, 6, 0, 2, 0x61, 0x61, 0, 0]],
  ['SUBSCRIBE without a topic', [0x82, 2, 0, 1]],
  ['SUBSCRIBE with wrong flags', [0x80, 6, 0, 1, 0, 1, 0x61, 0]],
  ['SUBSCRIBE at QoS 3', [0x82, 6, 0, 1, 0, 1, 0x61, 3]],
  ['UNSUBSCRIBE without a topic', [0xa2, 2, 0, 1]],
  ['a packet of a server', [0x20, 2, 0, 0]],
  ['a packet of MQTT 5', [0xf0, 0]],
  ['a reserved packet', [0x00, 0]],
  ['a length without an end', [0x30, 0xff, 0xff, 0xff, 0xff]],
];
test('malformed packets of a connected stranger end its connection and nothing else', async () => {
  const open: string[] = [];
  await siege.under(async () => {
    for (const [i, [what, bytes]] of MALFORMED.entries()) {
      let isAnswered = false;
      const socket = await siege.member(`malformed-${i}`, (answer) => {
        isAnswered ||= answer.includes(UNSUBACK);
      });
      socket.write(Uint8Array.from(bytes));
      await until(() => socket.destroyed || isAnswered, `the end after ${what}`);
      if (isAnswered) open.push(what);
    }
  });
  assert.equal(open, ['UNSUBSCRIBE without a topic']); // answered, and harmless
});

test('three hundred invented names take neither the places nor the registry of the boards', async () => {
  const growth = await siege.under(async (signal) => {
    const stranger = async (from: number) => {
      for (let i = from; i < 300 && !signal.aborted; i += 30) {
        const name = `stranger-${i}`;
        const socket = await siege.member(name);
        socket.write(publishPacket(`fl/1/digits/status/${name}`, statusFrame('joining'), 1));
        await sleep(5);
        if (i % 3 === 0) socket.destroy();
      }
    };
    for (const board of siege.room.boards) board.kill();
    await Promise.all(Array.from({ length: 30 }, (_, from) => stranger(from)));
    for (const board of siege.room.boards) board.start();
    await siege.rounds(5);
  });
  assert.ok(growth < LIMIT_BYTES, `${growth} bytes`);
  assert.ok(siege.logged(/connected, expected fewer/).length > 0, 'a full house');
});

test('a last word on the topic of another is refused with the connection', async () => {
  const codes: number[] = [];
  const will = (topic: string, payload: number) => {
    const text = Buffer.from(topic);
    const client = Buffer.from('evil');
    const body = Buffer.concat([
      Buffer.from([0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 0b1110, 0, 60, 0, client.length]),
      client,
      Buffer.from([text.length >> 8, text.length & 255]),
      text,
      Buffer.from([0, payload]),
      Buffer.alloc(payload, 1),
    ]);
    return Buffer.concat([Buffer.from([0x10, body.length]), body]);
  };
  await siege.under(async () => {
    for (const [topic, length] of [
      ['fl/1/digits/status/emu-0001', 20],
      ['fl/1/digits/plan', 20],
      ['$SYS/x', 20],
      ['fl/1/digits/status/evil', 0],
    ] as const) {
      const socket = await siege.socket((bytes) => codes.push(bytes[3]));
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
      socket.write(will(topic, length));
      await closed;
    }
  });
  assert.equal(codes, [5, 5, 5, 5]);
});

test('packets beyond any measure before CONNECT are cut at their header', async () => {
  const growth = await siege.under(async (signal) => {
    const flood = async () => {
      const socket = await siege.socket();
      socket.write(Uint8Array.of(0x10, 0xff, 0xff, 0xff, 0x7f));
      await pour(socket, signal, () => new Uint8Array(65_536));
    };
    while (!signal.aborted) await Promise.all([flood(), flood(), flood(), flood()]);
  });
  assert.ok(growth < LIMIT_BYTES, `${growth} bytes`);
});

test.run();
