/**
 * A real broker on a free port for tests of boards, and waiting with an end.
 * @module
 */
import { createServer, type Server, type Socket } from 'node:net';
import { Aedes, type Client, type PublishPacket } from 'aedes';
import type { BrokerAddress } from '../../tools/emulator/transport.js';

export interface Seen {
  readonly device: string; // client id of the sender
  readonly topic: string;
  readonly payload: Uint8Array;
}

export class TestBroker {
  readonly seen: Seen[] = [];
  readonly subscriptions: string[] = []; // '<device> <topic>', in order
  /** Called for each message before its PUBACK leaves; `false` holds the acknowledgement back. */
  onMessage: (message: Seen) => boolean = () => true;
  /** Asked for each subscription. */
  refuses: (topic: string) => boolean = () => false;
  readonly #aedes: Aedes;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  address: BrokerAddress = { host: '127.0.0.1', port: 0 };

  private constructor(aedes: Aedes) {
    this.#aedes = aedes;
    this.#server = createServer({ noDelay: true }, (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      aedes.handle(socket);
    });
    aedes.authorizePublish = (client, packet, done) => {
      if (this.#hear(client, packet)) done(null);
    };
    aedes.authorizeSubscribe = (client, subscription, done) => {
      this.subscriptions.push(`${client?.id} ${subscription.topic}`);
      done(null, this.refuses(subscription.topic) ? null : subscription);
    };
  }

  static async open(port = 0): Promise<TestBroker> {
    const broker = new TestBroker(await Aedes.createBroker({ concurrency: 0 }));
    await new Promise<void>((resolve, reject) => {
      broker.#server.once('error', reject);
      broker.#server.listen(port, '127.0.0.1', resolve);
    });
    const address = broker.#server.address();
    if (address === null || typeof address === 'string') throw new Error('broker address, expected TCP');
    broker.address = { host: '127.0.0.1', port: address.port };
    return broker;
  }

  /** Publishes as the server does: at QoS 1, one message per turn of the event loop. */
  async publish(topic: string, payload: Uint8Array, retain = false): Promise<void> {
    const packet = {
      cmd: 'publish',
      qos: 1,
      dup: false,
      topic,
      payload: Buffer.from(payload),
      retain,
    } as const;
    this.#aedes.publish(packet, () => {});
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** What devices sent on a topic so far. */
  on(topic: string): Seen[] {
    return this.seen.filter((message) => message.topic === topic);
  }

  /** Ends every connection without a word. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.#aedes.close(() => resolve()));
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #hear(client: Client | null, { topic, payload }: PublishPacket): boolean {
    const message = { device: client?.id ?? '', topic, payload: new Uint8Array(payload as Buffer) };
    this.seen.push(message);
    return this.onMessage(message);
  }
}

/** Ends a broken test, and judges nothing: a busy machine may be slow. */
const LIMIT_MS = 60_000;

/** Waits until `condition` holds. @throws Error naming `what` after `limitMs` */
export async function until(what: string, condition: () => boolean, limitMs = LIMIT_MS): Promise<void> {
  const end = performance.now() + limitMs;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`${what}: not within ${limitMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
