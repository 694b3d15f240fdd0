/**
 * What a board of the SDK's Linux build says to an MQTT server, seen from a bare one: its keep-alive, its
 * will when it is cut, and no will when it leaves by itself.
 * @module
 */
import { createServer, type Socket } from 'node:net';
import { Aedes } from 'aedes';
import { deviceTopic } from '../../shared/protocol/topics.js';
import { LinuxBoard, type LinuxBoardOptions } from './board.js';

export interface Manners {
  readonly keepAliveS: number; // as CONNECT has it
  readonly willsOnCut: number; // of one board that lost its power
  readonly willsOnLeave: number; // of one connection that the board closed
}

const DEVICE = 'board-1';
const KEEP_ALIVE_MS = 7000;
const ACKNOWLEDGE_MS = 500;
const PATIENCE_MS = 30_000;

/** @throws Error when the board does not come, or does not leave, in time */
export async function mannersOf(
  board: Omit<LinuxBoardOptions, 'device' | 'port' | 'settings'>,
): Promise<Manners> {
  let keepAliveS = 0;
  let wills = 0;
  let connections = 0;
  let isDeaf = false; // acknowledges nothing
  const sockets = new Set<Socket>();
  const aedes = await Aedes.createBroker({
    preConnect: (_client, packet, done) => {
      keepAliveS = packet.keepalive ?? 0;
      done(null, true);
    },
    authorizePublish: (client, packet, done) => {
      // A will comes for a client that is gone already.
      if (packet.topic === deviceTopic('status', board.task, DEVICE) && (client === null || client.closed)) {
        wills += 1;
      }
      if (!isDeaf) done(null);
    },
  });
  aedes.on('clientReady', () => {
    connections += 1;
  });
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    aedes.handle(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const settings = {
    keepAliveMs: KEEP_ALIVE_MS,
    acknowledgeMs: ACKNOWLEDGE_MS,
    backoffFirstMs: 50,
    backoffMaxMs: 50,
  };
  const linux = new LinuxBoard({ ...board, device: DEVICE, port, settings });
  try {
    isDeaf = true; // so it leaves, and comes again
    linux.start();
    await until(() => connections >= 3, 'a board that leaves when nobody answers');
    const willsOnLeave = wills;
    isDeaf = false;
    await new Promise((resolve) => setTimeout(resolve, 3 * ACKNOWLEDGE_MS));
    await until(() => aedes.connectedClients === 1, 'a board that stays');
    await linux.kill();
    await until(() => wills > willsOnLeave, 'a will');
    return { keepAliveS, willsOnLeave, willsOnCut: wills - willsOnLeave };
  } finally {
    await linux.stop();
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => aedes.close(() => resolve()));
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}

/** What `manners` should be. */
export const GOOD: Manners = { keepAliveS: KEEP_ALIVE_MS / 1000, willsOnLeave: 0, willsOnCut: 1 };

async function until(isTrue: () => boolean, what: string): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS;
  while (!isTrue()) {
    if (performance.now() > endMs) throw new Error(`waited ${PATIENCE_MS} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
