/**
 * A TCP proxy between boards and a broker: it records what boards publish, counts bytes, and cuts a
 * connection after a given number of them, so that a link can be lost at any byte. The broker behind it
 * may go and come back.
 * @module
 */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { PublishReader } from './packets.js';

export type Direction = 'up' | 'down';

/** Where the next connection is cut. */
export interface Cut {
  readonly direction: Direction;
  readonly bytes: number; // of that direction; those up to here still pass
}

export interface Recorded {
  readonly topic: string;
  readonly payload: Buffer;
}

export class RecordingProxy {
  readonly #server: Server;
  readonly #links = new Set<Socket>();
  readonly #brokerPort: () => number;
  readonly #isReadable: boolean;
  /** Asked at each new connection. */
  nextCut: () => Cut | undefined = () => undefined;
  readonly recorded: Recorded[] = [];
  readonly bytes = { up: 0, down: 0 };
  /** Connections that were cut. */
  cuts = 0;

  /**
   * @param brokerPort asked at each new connection
   * @param isReadable whether boards speak plain MQTT; nothing is recorded of TLS
   */
  constructor(brokerPort: () => number, isReadable = true) {
    this.#brokerPort = brokerPort;
    this.#isReadable = isReadable;
    this.#server = createServer((board) => this.#join(board));
  }

  /** @returns the port that boards connect to */
  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as { port: number }).port;
  }

  async close(): Promise<void> {
    for (const link of this.#links) link.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(board: Socket): void {
    const broker = connect({ port: this.#brokerPort(), host: '127.0.0.1', noDelay: true });
    const cut = this.nextCut();
    const end = () => {
      board.destroy();
      broker.destroy();
    };
    for (const socket of [board, broker]) {
      this.#links.add(socket);
      socket.on('error', end);
      socket.on('close', () => {
        this.#links.delete(socket);
        end();
      });
    }
    const reader = new PublishReader();
    this.#pass('up', board, broker, cut, (chunk) => {
      if (this.#isReadable) this.recorded.push(...reader.push(chunk));
    });
    this.#pass('down', broker, board, cut, () => {});
  }

  #pass(
    direction: Direction,
    from: Socket,
    to: Socket,
    cut: Cut | undefined,
    use: (chunk: Buffer) => void,
  ): void {
    let left = cut?.direction === direction ? cut.bytes : Number.POSITIVE_INFINITY;
    let isCut = false;
    from.on('data', (chunk: Buffer) => {
      if (isCut) return;
      const part = chunk.length > left ? chunk.subarray(0, left) : chunk;
      left -= part.length;
      this.bytes[direction] += part.length;
      use(part);
      if (part.length > 0 && !to.write(part)) {
        from.pause();
        to.once('drain', () => from.resume());
      }
      if (left > 0) return;
      isCut = true;
      this.cuts += 1;
      to.end(() => from.resetAndDestroy()); // the bytes before the cut arrive
    });
    from.on('end', () => to.end());
  }
}
