/** MQTT clients for broker tests: MQTT.js that never reconnects, and bare sockets for what it would not send. */
import { connect as connectSocket, type Socket } from 'node:net';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';

export interface Message {
  readonly topic: string;
  readonly payload: Uint8Array;
}

export class Connections {
  readonly #clients: MqttClient[] = [];
  readonly #sockets: Socket[] = [];

  /** @param port of the broker on this machine */
  async client(port: number, clientId: string, options: IClientOptions = {}): Promise<MqttClient> {
    const client = mqtt.connect({
      host: '127.0.0.1',
      port,
      clientId,
      protocolVersion: 4,
      reconnectPeriod: 0,
      ...options,
    });
    this.#clients.push(client);
    await new Promise<void>((resolve, reject) => {
      client.once('connect', () => resolve());
      client.once('error', reject);
      client.once('close', () => reject(new Error('closed')));
    });
    client.on('error', () => {});
    return client;
  }

  /** A bare connection that has sent `bytes`. */
  async socket(port: number, bytes: Uint8Array): Promise<Socket> {
    const socket = connectSocket(port, '127.0.0.1');
    this.#sockets.push(socket);
    socket.on('error', () => {});
    await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
    socket.write(bytes);
    return socket;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(this.#clients.map((client) => client.endAsync(true)));
  }
}

/** Everything that arrives from now on. */
export function inbox(client: MqttClient): Message[] {
  const messages: Message[] = [];
  client.on('message', (topic, payload) => messages.push({ topic, payload }));
  return messages;
}

/** CONNECT of MQTT 3.1.1 with a clean session. @param keepAlive seconds, below 256 */
export function connectPacket(clientId: string, keepAlive = 60): Buffer {
  const variable = Buffer.from([0, 4, ...Buffer.from('MQTT'), 4, 2, 0, keepAlive]);
  return packet(0x10, Buffer.concat([variable, text(clientId)]));
}

export function subscribePacket(topic: string): Buffer {
  return packet(0x82, Buffer.concat([Buffer.from([0, 1]), text(topic), Buffer.from([1])]));
}

export function unsubscribePacket(topic: string): Buffer {
  return packet(0xa2, Buffer.concat([Buffer.from([0, 1]), text(topic)]));
}

export function publishPacket(topic: string, payload: Uint8Array, messageId: number, isDup = false): Buffer {
  const id = Buffer.from([messageId >> 8, messageId & 255]);
  return packet(0x32 | (isDup ? 8 : 0), Buffer.concat([text(topic), id, payload]));
}

function packet(type: number, body: Buffer): Buffer {
  const length: number[] = [];
  let rest = body.length;
  do {
    length.push(rest >= 128 ? (rest & 127) | 128 : rest);
    rest >>= 7;
  } while (rest > 0);
  return Buffer.concat([Buffer.from([type, ...length]), body]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
}

/** Ends a broken test, and judges nothing: a busy machine may be slow. */
const LIMIT_MS = 60_000;

/** Resolves when `isTrue`, at the latest after `timeoutMs`, which is an error. */
export async function until(isTrue: () => boolean, what: string, timeoutMs = LIMIT_MS): Promise<void> {
  const endMs = performance.now() + timeoutMs;
  while (!isTrue()) {
    if (performance.now() > endMs) throw new Error(`waited ${timeoutMs} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
