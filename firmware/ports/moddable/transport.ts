/**
 * The port `Transport` on a board: one MQTT 3.1.1 connection after the other.
 * @module
 */
import type { Transport, TransportEvents, TransportOptions } from '../ports.js';
import { Connection } from './connection.js';
import type { Network } from './network.js';
import { type OpenStream, openTcp } from './stream.js';

export class BoardTransport implements Transport {
  readonly #network: Network;
  readonly #openStream: OpenStream;
  #connection: Connection | undefined;

  constructor(network: Network, openStream: OpenStream = openTcp) {
    this.#network = network;
    this.#openStream = openStream;
    network.onLost = (reason) => this.#connection?.end(reason);
  }

  open(options: TransportOptions, events: TransportEvents): void {
    if (this.#connection !== undefined) throw new RangeError('transport open, expected closed');
    this.#connection = new Connection(this.#network, this.#openStream, options, {
      onConnected: () => events.onConnected(),
      onMessage: (topic, lengthBytes) => events.onMessage(topic, lengthBytes),
      onClosed: (reason) => {
        this.#connection = undefined;
        events.onClosed(reason);
      },
    });
  }

  subscribe(topic: string): void {
    this.#open('subscribe').subscribe(topic);
  }

  unsubscribe(topic: string): void {
    this.#open('unsubscribe').unsubscribe(topic);
  }

  publish(topic: string, payload: Uint8Array, qos: 0 | 1, onAcknowledged: () => void): void {
    this.#open('publish').publish(topic, payload, qos, onAcknowledged);
  }

  close(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.close();
  }

  #open(what: string): Connection {
    if (this.#connection === undefined) throw new RangeError(`${what} while closed, expected open`);
    return this.#connection;
  }
}
