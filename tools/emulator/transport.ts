/**
 * The transport of an emulated board: MQTT.js over one real connection, TCP or TLS, cut down to what a
 * board's client can do. It never reconnects, messages arrive in pieces of one TCP segment, and an
 * empty message ends the connection (a board's client freezes on one).
 * @module
 */
import { connect, isIP, type Socket } from 'node:net';
import { checkServerIdentity, connect as connectSecure } from 'node:tls';
import { MqttClient } from 'mqtt';
import type { Transport, TransportEvents, TransportOptions } from '../../firmware/ports/ports.js';

export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
  readonly tls?: Trust; // plain when absent
}

/** Whom a connection over TLS trusts. */
export interface Trust {
  readonly ca?: string; // certificates of authorities, in PEM; those that Node knows when left out
  readonly name?: string; // in the broker's certificate; its host when left out
}

/** A transport whose connection can break. */
export interface BreakableTransport extends Transport {
  /** Ends the connection as a power cut does: no DISCONNECT, no callback. */
  cut(): void;
}

const SEGMENT_BYTES = 1436; // TCP payload of a segment on the board (lwIP's MSS)
const CONNECT_MS = 10_000;
const DISCONNECT_MS = 1_000; // for the broker to close its side
const DISCONNECT = Uint8Array.of(0xe0, 0x00); // MQTT 3.1.1, section 3.14

/** By the code of Node's error. */
const CERTIFICATE_ERRORS: Readonly<Record<string, string>> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'one of the authority that --ca names',
  UNABLE_TO_GET_ISSUER_CERT: 'one of the authority that --ca names',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'one of the authority that --ca names',
  SELF_SIGNED_CERT_IN_CHAIN: 'one of the authority that --ca names',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'one of the authority that --ca names',
  CERT_SIGNATURE_FAILURE: 'one of the authority that --ca names',
  CERT_HAS_EXPIRED: 'a later end',
  CERT_NOT_YET_VALID: 'an earlier beginning, or another time of day here',
};

interface Connection {
  readonly mqtt: MqttClient;
  readonly socket: Socket;
}

export class TcpTransport implements BreakableTransport {
  readonly #address: BrokerAddress;
  #connection: Connection | undefined;

  constructor(address: BrokerAddress) {
    this.#address = address;
  }

  open(options: TransportOptions, events: TransportEvents): void {
    if (this.#connection !== undefined) throw new RangeError('transport open, expected closed');
    const socket = socketTo(this.#address);
    const mqtt = new MqttClient(() => socket, {
      clientId: options.clientId,
      keepalive: Math.ceil(options.keepAliveMs / 1000),
      will: { ...options.will, payload: Buffer.from(options.will.payload), qos: 1, retain: false },
      protocolVersion: 4,
      clean: true,
      reconnectPeriod: 0,
      resubscribe: false,
      connectTimeout: CONNECT_MS,
      timerVariant: 'native',
    });
    const connection = { mqtt, socket };
    this.#connection = connection;
    const isCurrent = () => this.#connection === connection;
    let reason = 'closed by the broker';
    const fail = (why: string) => {
      reason = why;
      socket.destroy();
    };
    mqtt.on('connect', () => isCurrent() && events.onConnected());
    socket.on('error', (error) => fail(reasonOf(error))); // of those, MQTT.js passes on some
    mqtt.on('error', (error) => fail(reasonOf(error)));
    mqtt.on('message', (topic, payload) => {
      if (!isCurrent()) return;
      if (payload.length === 0) fail(`empty message on ${topic}`);
      else this.#deliver(topic, payload, events, isCurrent);
    });
    mqtt.on('close', () => {
      mqtt.end(true); // clears its timers
      if (!isCurrent()) return;
      this.#connection = undefined;
      events.onClosed(reason);
    });
  }

  subscribe(topic: string): void {
    const { mqtt, socket } = this.#open('subscribe');
    mqtt.subscribe(topic, { qos: 1 }, (error) => {
      if (error) socket.destroy(); // refused: nothing would ever come
    });
  }

  unsubscribe(topic: string): void {
    this.#open('unsubscribe').mqtt.unsubscribe(topic);
  }

  publish(topic: string, payload: Uint8Array, qos: 0 | 1, onAcknowledged: () => void): void {
    const connection = this.#open('publish');
    connection.mqtt.publish(topic, Buffer.from(payload), { qos, retain: false }, (error) => {
      if (!error && this.#connection === connection) onAcknowledged();
    });
  }

  close(): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    this.#connection = undefined;
    const { mqtt, socket } = connection;
    if (!mqtt.connected) {
      socket.destroy();
      return;
    }
    // Not mqtt.end(): it waits for messages in flight, and a forced one sends no DISCONNECT.
    socket.end(DISCONNECT);
    const overdue = setTimeout(() => socket.destroy(), DISCONNECT_MS);
    socket.once('close', () => clearTimeout(overdue));
  }

  cut(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    if (this.#address.tls !== undefined) connection?.socket.destroy();
    else connection?.socket.resetAndDestroy();
  }

  #open(what: string): Connection {
    if (this.#connection === undefined) throw new RangeError(`${what} while closed, expected open`);
    return this.#connection;
  }

  #deliver(topic: string, payload: Buffer, events: TransportEvents, isCurrent: () => boolean): void {
    const sink = events.onMessage(topic, payload.length);
    if (sink === undefined) return;
    for (let at = 0; at < payload.length && isCurrent(); at += SEGMENT_BYTES) {
      sink.write(payload.subarray(at, at + SEGMENT_BYTES));
    }
    if (isCurrent()) sink.end();
  }
}

/** A connection that has begun. TLS 1.2 is the newest that boards speak, so this speaks no other. */
export function socketTo({ host, port, tls }: BrokerAddress): Socket {
  if (tls === undefined) return connect({ host, port, noDelay: true });
  const { ca, name } = tls;
  const socket = connectSecure({
    host,
    port,
    ca,
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.2',
    servername: isIP(name ?? host) ? '' : (name ?? host),
    checkServerIdentity: (_, certificate) => checkServerIdentity(name ?? host, certificate),
  });
  socket.setNoDelay(true);
  return socket;
}

/** Errors of a certificate say what was expected instead. */
function reasonOf(error: Error & { readonly code?: string | number }): string {
  const { message, name } = error;
  const code = String(error.code);
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `certificate: ${message}`;
  const expected = Object.hasOwn(CERTIFICATE_ERRORS, code) ? CERTIFICATE_ERRORS[code] : undefined;
  if (expected !== undefined) return `certificate ${message}, expected ${expected}`;
  if (/wrong version number|before secure TLS connection/.test(message)) {
    return 'no TLS at that port, expected a broker with TLS';
  }
  return message || name;
}
