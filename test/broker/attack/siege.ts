/**
 * A broker in a process of its own, a room of real emulated boards that learns on it, and whoever a
 * test sets on them. What is measured is what the room notices: whether its rounds go on, and the
 * memory of the broker's process.
 * @module
 */
import { connect, type Socket } from 'node:net';
import type { BrokerSettings } from '../../../broker/main.js';
import { recipeOf } from '../../../shared/model/recipe.js';
import type { Room } from '../../../tools/emulator/room.js';
import { digitsRoom, digitsSettings, SHARDS } from '../../tools/emulator/digits.js';
import { Folders } from '../folder.js';
import { connectPacket, until } from '../mqtt/clients.js';
import { BrokerProcess } from '../process.js';

/** Boards of the room; every round needs them all. */
export const MEMBERS = 4;
/** Ends a broken test, and judges nothing: a busy machine may be slow. */
const PATIENCE_MS = 120_000;
const POLL_MS = 20;

export class Siege {
  readonly broker: BrokerProcess;
  readonly room: Room;
  readonly #folders: Folders;
  readonly #sockets = new Set<Socket>();

  private constructor(broker: BrokerProcess, room: Room, folders: Folders) {
    this.broker = broker;
    this.room = room;
    this.#folders = folders;
  }

  /**
   * Resolves when the room has had some rounds in peace.
   * @param ca in PEM, where the broker speaks TLS alone
   */
  static async begin(changes: Partial<BrokerSettings> = {}, ca?: string): Promise<Siege> {
    const folders = new Folders();
    const size = { cohort: MEMBERS, goal: MEMBERS, minimum: MEMBERS, maxDevices: 20 };
    const recipe = recipeOf('sparrow', 0.1, { rounds: 100_000 });
    const broker = await BrokerProcess.start(digitsSettings(folders.make(), { ...size, recipe, ...changes }));
    const room = digitsRoom(broker.port, {
      shards: SHARDS.slice(0, MEMBERS),
      broker: { host: '127.0.0.1', port: broker.port, tls: ca === undefined ? undefined : { ca } },
    });
    room.start();
    const siege = new Siege(broker, room, folders);
    await siege.rounds(20);
    return siege;
  }

  get committed(): number {
    return this.broker.count('committed');
  }

  /** What the broker logged that matches. */
  logged(pattern: RegExp): string[] {
    return this.broker.lines.filter((line) => line.startsWith('log ') && pattern.test(line));
  }

  /** Resolves when the room has had so many rounds more. */
  async rounds(count: number): Promise<void> {
    const goal = this.committed + count;
    await until(() => this.committed >= goal || !this.broker.isRunning, `${count} rounds`, PATIENCE_MS);
    if (!this.broker.isRunning) throw new Error('broker process ended, expected it to stand');
  }

  /**
   * Runs an attack, which goes on until its signal aborts, while the room has so many rounds, at least
   * for `leastMs`, and until it `isEnough`.
   * @returns the most memory that the broker's process used beyond what it had before
   */
  async under(
    attack: (signal: AbortSignal) => Promise<void>,
    { rounds = 5, leastMs = 500, isEnough = (): boolean => true } = {},
  ): Promise<number> {
    const before = await this.broker.rssBytes();
    let most = before;
    const end = new AbortController();
    const attacking = attack(end.signal);
    const watching = (async () => {
      while (!end.signal.aborted) {
        most = Math.max(most, await this.broker.rssBytes());
        await sleep(POLL_MS);
      }
    })();
    try {
      await Promise.all([this.rounds(rounds), sleep(leastMs), until(isEnough, 'the attack', PATIENCE_MS)]);
    } finally {
      end.abort();
      await Promise.all([attacking, watching]);
      for (const socket of this.#sockets) socket.destroy();
    }
    return most - before;
  }

  /** A bare connection; what comes back is thrown away unless `onData` wants it. */
  async socket(onData?: (bytes: Buffer) => void): Promise<Socket> {
    const socket = connect(this.broker.port, '127.0.0.1');
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.on('error', () => {});
    socket.on('data', onData ?? (() => {}));
    await new Promise<void>((resolve) => {
      socket.once('connect', () => resolve());
      socket.once('close', () => resolve());
    });
    return socket;
  }

  /** A bare connection that was let in. */
  async member(clientId: string, onData?: (bytes: Buffer) => void, keepAlive?: number): Promise<Socket> {
    const socket = await this.socket(onData);
    const answered = new Promise<void>((resolve) => {
      socket.once('data', () => resolve());
      socket.once('close', () => resolve());
    });
    socket.write(connectPacket(clientId, keepAlive));
    await answered;
    return socket;
  }

  async end(): Promise<void> {
    this.room.stop();
    for (const socket of this.#sockets) socket.destroy();
    await this.broker.kill();
    this.#folders.remove();
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Writes again and again, as fast as the socket takes it, until the end or the signal. */
export async function pour(
  socket: Socket,
  signal: AbortSignal,
  next: (i: number) => Uint8Array,
): Promise<void> {
  for (let i = 0; !signal.aborted && !socket.destroyed; i++) {
    socket.write(next(i));
    await new Promise(setImmediate); // the room lives in this process, too
    while (socket.writableNeedDrain && !signal.aborted && !socket.destroyed) await sleep(POLL_MS);
  }
}
