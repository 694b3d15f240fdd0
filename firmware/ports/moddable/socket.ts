/**
 * The socket below the MQTT client: a stream with a guard around it. The client has faults that
 * would restart a board or leave it deaf; here they end the connection with a reason instead.
 *
 * - A throw in one of the client's callbacks, such as a write to a socket that has just died.
 * - An empty message on a subscribed topic: the client's parser reads no further byte.
 *
 * It also counts how much may be written, over the client's own packets too.
 * @module
 */
import { reasonOf } from '../../federation/guard.js';
import type { OpenStream, PieceOptions, Stream } from './stream.js';

/** How a connection hears of its socket. */
export interface SocketWatch {
  onOpen(socket: GuardedSocket): void;
  /** Nothing more will come of it. Called from within a callback: close later. */
  onBroken(reason: string): void;
}

/** What the MQTT client hands over, beside what was given to it as `socket`. */
interface SocketOptions {
  readonly watch: SocketWatch;
  readonly open: OpenStream;
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly onReadable: (count: number) => void;
  readonly onWritable: (count: number) => void;
  readonly onError: () => void;
}

export class GuardedSocket {
  /** Bytes that may be written now. */
  writable = 0;
  readonly #watch: SocketWatch;
  readonly #inner: Stream;
  #reads = 0;

  constructor({ watch, open, name, address, port, onReadable, onWritable, onError }: SocketOptions) {
    this.#watch = watch;
    this.#inner = open({
      address,
      port,
      name,
      onReadable: (count) => {
        this.#reads = 0;
        this.#guard(() => onReadable(count));
        if (this.#reads === 0) watch.onBroken('empty message: the client reads no further');
      },
      onWritable: (count) => {
        this.writable = count;
        this.#guard(() => onWritable(count));
      },
      onError: () => {
        this.writable = 0;
        this.#guard(onError);
      },
      onBroken: (reason) => {
        this.writable = 0;
        watch.onBroken(reason);
      },
    });
    watch.onOpen(this);
  }

  get format(): 'number' | 'buffer' {
    return this.#inner.format;
  }

  set format(format: 'number' | 'buffer') {
    this.#inner.format = format;
  }

  read(what?: number | Uint8Array): number | ArrayBuffer | undefined {
    this.#reads += 1;
    return this.#inner.read(what);
  }

  /** @returns bytes that may still be written; 0 when the socket is dead, too */
  write(data: Uint8Array, options?: PieceOptions): number {
    this.writable = this.#written(data, options) ?? 0;
    return this.writable;
  }

  close(): void {
    this.#inner.close();
  }

  #written(data: Uint8Array, options?: PieceOptions): number | undefined {
    try {
      const left = this.#inner.write(data, options);
      if (left === undefined) this.#watch.onBroken('write failed');
      return left;
    } catch (error) {
      this.#watch.onBroken(reasonOf(error));
      return undefined;
    }
  }

  #guard(callback: () => void): void {
    try {
      callback();
    } catch (error) {
      this.#watch.onBroken(reasonOf(error));
    }
  }
}
