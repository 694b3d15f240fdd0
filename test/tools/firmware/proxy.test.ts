import { connect, createServer, type Server, type Socket } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Cut, RecordingProxy } from '../../../tools/firmware/proxy.js';

const test = suite('firmware/proxy');

/** A server that says back what it hears, and what it heard. */
async function echo(): Promise<{ server: Server; port: number; heard: () => number }> {
  let heard = 0;
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      heard += chunk.length;
      socket.write(chunk);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as { port: number }).port, heard: () => heard };
}

/** Sends so many bytes through a proxy with this cut; what came back when it ended or all was there. */
async function through(cut: Cut | undefined, bytes: number) {
  const { server, port, heard } = await echo();
  const proxy = new RecordingProxy(() => port);
  proxy.nextCut = () => cut;
  const socket: Socket = connect(await proxy.listen(), '127.0.0.1');
  let back = 0;
  const end = await new Promise<string>((resolve) => {
    socket.on('error', () => {});
    socket.on('close', () => resolve('cut'));
    socket.on('data', (chunk) => {
      back += chunk.length;
      if (back === bytes) resolve('whole');
    });
    socket.write(Buffer.alloc(bytes, 0xc0));
  });
  socket.destroy();
  await proxy.close();
  await new Promise((resolve) => server.close(resolve));
  return { end, back, heard: heard(), cuts: proxy.cuts };
}

test('without a cut everything passes', async () => {
  assert.equal(await through(undefined, 5000), { end: 'whole', back: 5000, heard: 5000, cuts: 0 });
});

test('a link cut on its way up lets the bytes before pass, and no more', async () => {
  for (const bytes of [1, 1000, 4999]) {
    const { end, heard, cuts } = await through({ direction: 'up', bytes }, 5000);
    assert.equal({ end, heard, cuts }, { end: 'cut', heard: bytes, cuts: 1 });
  }
});

test('a link cut on its way down ends for the board with at most those bytes', async () => {
  const { end, back, cuts } = await through({ direction: 'down', bytes: 1000 }, 5000);
  assert.equal({ end, cuts }, { end: 'cut', cuts: 1 });
  assert.ok(back <= 1000);
});

test('cut at the first byte, nothing passes', async () => {
  const { end, back, heard } = await through({ direction: 'up', bytes: 0 }, 100);
  assert.equal({ end, back, heard }, { end: 'cut', back: 0, heard: 0 });
});

test.run();
