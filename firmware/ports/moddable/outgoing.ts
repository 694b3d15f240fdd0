/**
 * What waits to be sent on one connection, in order. A message goes out in pieces, as the socket has
 * room, so that an update needs no second copy in RAM.
 * @module
 */
import MqttClient from 'embedded:network/mqtt/client';

/** The parts of the SDK's client that are used; its own types ask for options that it does not need. */
export interface MqttWriter {
  write(data: Uint8Array | undefined, options?: object): number;
}

export interface Request {
  readonly operation: typeof MqttClient.SUBSCRIBE | typeof MqttClient.UNSUBSCRIBE;
  readonly id: number;
  readonly topic: string;
}

export interface Message {
  readonly operation: typeof MqttClient.PUBLISH;
  readonly id: number;
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1;
  /** Called when the last piece is with the socket. */
  readonly onSent: () => void;
}

/** Kept free for the client's own acknowledgements and pings. */
const SPARE_BYTES = 8;
/** Fixed header, length of the topic, packet id, and the one byte of a subscription. MQTT 3.1.1, section 2. */
const HEADER_BYTES = 1 + 4 + 2 + 2 + 1;

export class Outgoing {
  readonly #client: MqttWriter;
  readonly #room: () => number;
  readonly #queue: (Request | Message)[] = [];
  #sent = 0; // bytes of the first message's payload

  /** @param room bytes that the socket takes now */
  constructor(client: MqttWriter, room: () => number) {
    this.#client = client;
    this.#room = room;
  }

  /** Whether the connection is in the middle of a packet. */
  get isInMessage(): boolean {
    return this.#sent > 0;
  }

  push(item: Request | Message): void {
    this.#queue.push(item);
    this.pump();
  }

  /** Sends what there is room for. */
  pump(): void {
    for (let item = this.#queue[0]; item !== undefined && this.#send(item); item = this.#queue[0]) {
      this.#queue.shift();
    }
  }

  /** @returns whether all of it went out */
  #send(item: Request | Message): boolean {
    const room = this.#room() - SPARE_BYTES;
    // Topics are ASCII: a character is a byte.
    const left = room - HEADER_BYTES - item.topic.length;
    if (item.operation === MqttClient.PUBLISH) return this.#sendMessage(item, left);
    if (left < 0) return false;
    const { operation, id, topic } = item;
    this.#client.write(undefined, { operation, id, items: [{ topic, QoS: 1 }] });
    return true;
  }

  #sendMessage({ id, topic, payload, qos, onSent }: Message, roomForFirst: number): boolean {
    const room = this.#sent === 0 ? roomForFirst : this.#room() - SPARE_BYTES;
    if (room <= 0) return false;
    const piece = payload.subarray(this.#sent, Math.min(payload.length, this.#sent + room));
    const options = { id, topic, QoS: qos, byteLength: payload.length };
    this.#client.write(piece, this.#sent === 0 ? options : undefined);
    this.#sent += piece.length;
    if (this.#sent < payload.length) return false;
    this.#sent = 0;
    onSent();
    return true;
  }
}
