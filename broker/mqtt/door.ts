/**
 * A port that boards connect to, plain or over TLS. A connection over TLS is handed on before its
 * handshake: whoever is slow to finish it is one that has said nothing yet, and is counted and cut as
 * such.
 * @module
 */
import { createServer, type Server, type Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';

export interface DoorSettings {
  readonly host?: string; // address to listen on; all when absent
  readonly port: number; // 0 = any free one
  readonly context?: SecureContext; // plain when absent
}

/** A thousand boards that connect at once lose SYNs at Node's default of 511. */
const BACKLOG = 4096;
/**
 * Longest record that is sent. A board keeps a whole one in its memory before it can read it, and
 * Node would send 16 KB.
 */
const RECORD_BYTES = 1024;

export class Door {
  readonly #settings: DoorSettings;
  readonly #server: Server;
  readonly #onError: (error: Error) => void;

  /** @param most connections at once, a last resort */
  constructor(
    settings: DoorSettings,
    most: number,
    onConnection: (socket: Socket) => void,
    onError: (error: Error) => void,
  ) {
    const { context } = settings;
    this.#settings = settings;
    this.#onError = onError;
    // Nagle costs 40 ms.
    this.#server = createServer({ noDelay: true }, (socket) =>
      onConnection(context === undefined ? socket : secured(socket, context)),
    );
    this.#server.maxConnections = most;
  }

  /**
   * @returns the port
   * @throws Error when the port is taken
   */
  async open(): Promise<number> {
    const { host, port } = this.#settings;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port, backlog: BACKLOG }, () => {
        this.#server.off('error', reject);
        this.#server.on('error', this.#onError);
        resolve();
      });
    }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') throw error;
      throw new Error(`port ${port} in use, expected a free one`);
    });
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  }

  /** No connection more; resolves when the last one is gone. Safe when it is not open. */
  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

/** What went wrong with a connection, in one short line; OpenSSL's own ones name its source files. */
export function faultOf(error: Error & { readonly reason?: string; readonly library?: string }): string {
  if (error.library === undefined) return error.message;
  return `no TLS handshake (${error.reason ?? error.library})`;
}

function secured(socket: Socket, secureContext: SecureContext): TLSSocket {
  const secure = new TLSSocket(socket, { isServer: true, secureContext });
  secure.setMaxSendFragment(RECORD_BYTES);
  secure.disableRenegotiation();
  return secure;
}
