/**
 * TLS 1.2 over TCP on a board: the SDK's session does the cryptography, and is not believed. Every byte of
 * the handshake passes our own check first, which alone decides whether the certificate is trusted.
 * @module
 */
import TCP from 'embedded:io/socket/tcp';
import Session from 'ssl/session';
import Timer from 'timer';
import { BROKER_NAME } from '../../../../shared/protocol/service.js';
import { reasonOf } from '../../../federation/guard.js';
import { refuseCertificate, type Trust } from '../../../tls/certificate.js';
import { Handshake } from '../../../tls/handshake.js';
import type { OpenStream, PieceOptions, Stream, StreamOptions } from '../stream.js';

const TLS_1_2 = 0x303;
/** Header, nonce and tag of a record, for three of them: the MQTT client sends a packet as two at most. */
const OVERHEAD_BYTES = 96;
/** A record is copied several times in the engine's memory while it is encrypted. */
const MOST_BYTES = 1024;
const IPV4 = /^\d+\.\d+\.\d+\.\d+$/;

/** Streams that trust the brokers of one authority. */
export function secureStreams(trust: Trust): OpenStream {
  return (options) => new SecureStream(options, trust);
}

/** What the session takes for a socket; it counts both numbers down itself. */
interface Wire {
  readable: number;
  writable: number;
  read(into: Uint8Array): void;
  write(bytes: Uint8Array): number;
}

class SecureStream implements Stream {
  format: 'number' | 'buffer' = 'buffer';
  readonly #options: StreamOptions;
  readonly #session: Session;
  readonly #tcp: TCP;
  readonly #wire: Wire;
  #handshake: Handshake | undefined; // until it is over
  #state: 'handshake' | 'open' | 'over' = 'handshake';
  #data: Uint8Array | undefined; // of a record, not read yet
  #at = 0;
  #rest: Timer | undefined;

  constructor(options: StreamOptions, trust: Trust) {
    const { address, port, name } = options;
    this.#options = options;
    this.#handshake = new Handshake((certificate) =>
      // A board without the time of day takes the authority's beginning for now.
      refuseCertificate(certificate, name, Math.max(Date.now(), trust.authority.fromMs), trust),
    );
    this.#session = new Session({
      serverName: IPV4.test(name) ? BROKER_NAME : name,
      protocolVersion: TLS_1_2,
      verify: false, // done by our own check
      cache: false,
    });
    this.#session.initiateHandshake();
    this.#wire = {
      readable: 0,
      writable: 0,
      read: (into) => {
        this.#tcp.read(into as unknown as number);
        this.#handshake?.push(into);
      },
      write: (bytes) => this.#send(bytes),
    };
    this.#tcp = new TCP({
      address,
      port,
      nodelay: true,
      onReadable: (count) => this.#guard(() => this.#readable(count)),
      onWritable: (count) => this.#guard(() => this.#writable(count)),
      onError: () => this.#guard(() => options.onError()),
    });
  }

  read(what?: number | Uint8Array): number | ArrayBuffer | undefined {
    const data = this.#data;
    if (data === undefined) return undefined;
    const left = data.length - this.#at;
    let result: number | ArrayBuffer;
    let count = 1;
    if (this.format === 'number') {
      result = data[this.#at];
    } else if (typeof what === 'object') {
      count = Math.min(left, what.length);
      what.set(data.subarray(this.#at, this.#at + count));
      result = count;
    } else {
      count = Math.min(left, what ?? left);
      result = data.slice(this.#at, this.#at + count).buffer as ArrayBuffer;
    }
    this.#at += count;
    if (this.#at === data.length) {
      this.#data = undefined;
      // The reader may be in the middle of its parser.
      this.#rest ??= Timer.set(() => {
        this.#rest = undefined;
        this.#guard(() => this.#deliver());
      }, 1);
    }
    return result;
  }

  write(data: Uint8Array, options?: PieceOptions): number | undefined {
    if (this.#state !== 'open') return undefined;
    return roomFor(this.#session.write(this.#wire, data, options));
  }

  close(): void {
    if (this.#rest !== undefined) Timer.clear(this.#rest);
    this.#rest = undefined;
    if (this.#state !== 'over') this.#state = 'over';
    this.#data = undefined;
    this.#tcp.close();
  }

  #send(bytes: Uint8Array): number {
    const left = this.#tcp.write(bytes) as unknown as number | undefined;
    if (left === undefined) throw new Error('write failed');
    return left;
  }

  #writable(count: number): void {
    this.#wire.writable = count;
    if (this.#state === 'handshake') this.#shakeHands();
    else if (roomFor(count) > 0) this.#options.onWritable(roomFor(count));
  }

  #readable(count: number): void {
    this.#wire.readable = count;
    if (this.#state === 'handshake') this.#shakeHands();
    if (this.#state === 'open') this.#deliver();
  }

  /** The session takes one step with each call: a record in, or what it has to say out. */
  #shakeHands(): void {
    for (;;) {
      const { readable } = this.#wire;
      const { handshakeProcess } = this.#session;
      if (this.#session.handshake(this.#wire)) break;
      if (this.#wire.readable === readable && this.#session.handshakeProcess === handshakeProcess) return;
    }
    const { alert, clientCipher, serverCipher } = this.#session;
    // It also says that it is done when an alert came.
    if (alert || !clientCipher || !serverCipher || !this.#handshake?.isSealed)
      throw new Error('handshake ended');
    this.#handshake = undefined;
    this.#state = 'open';
    this.#options.onWritable(roomFor(this.#wire.writable));
  }

  /** Hands on one record after the other, as they are read. */
  #deliver(): void {
    while (this.#data === undefined && this.#state === 'open') {
      const data = this.#session.read(this.#wire);
      if (data === undefined) return;
      if (data === null) {
        this.#options.onError();
        return;
      }
      if (data.length === 0) continue;
      this.#data = data;
      this.#at = 0;
      this.#options.onReadable(data.length);
    }
  }

  /** A throw from here would restart the board. */
  #guard(step: () => void): void {
    if (this.#state === 'over') return;
    try {
      step();
    } catch (error) {
      this.#state = 'over';
      const isOurs = error instanceof Error && error.name === 'ProtocolError';
      this.#options.onBroken(isOurs ? error.message : `TLS: ${reasonOf(error)}`);
    }
  }
}

function roomFor(bytes: number): number {
  return Math.max(0, Math.min(bytes - OVERHEAD_BYTES, MOST_BYTES));
}
