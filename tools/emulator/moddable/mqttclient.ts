/**
 * Stands for the SDK's module `embedded:network/mqtt/client`: an MQTT 3.1.1 client over whatever socket it is
 * given, with the interface of the SDK's. QoS 0 and 1. It demands more than a caller may forget: a
 * message must be read as it comes, and a write must fit.
 * Source of the interface: ECMA-419, MQTT client class; Moddable SDK, typings/embedded_network/mqtt.
 * @module
 */
import { field, type Head, HeadReader, OPERATION, packet, uint16 } from './mqttpacket.js';
import Timer from './timer.js';

interface Socket {
  format: string;
  read(what?: number | Uint8Array): unknown;
  write(bytes: Uint8Array): number;
  close(): void;
}

interface Resolver {
  resolve(query: { host: string; onResolved(host: string, address: string): void; onError?(): void }): void;
}

interface ClientOptions {
  readonly host: string;
  readonly port?: number;
  readonly id?: string;
  readonly user?: string;
  readonly password?: string | ArrayBuffer;
  readonly clean?: boolean;
  readonly keepAlive?: number; // ms
  readonly will?: { readonly topic: string; readonly message: string | ArrayBuffer; readonly QoS?: number };
  readonly dns: { readonly io: new (options: object) => Resolver };
  readonly socket: { readonly io: new (options: object) => Socket };
  readonly onReadable?: (bytes: number, fragment: object) => void;
  readonly onWritable?: (bytes: number) => void;
  readonly onControl?: (packet: object) => void;
  readonly onError?: () => void;
}

interface WriteOptions {
  readonly operation?: number;
  readonly id?: number;
  readonly topic?: string;
  readonly QoS?: number;
  readonly byteLength?: number;
  readonly items?: readonly { readonly topic: string; readonly QoS?: number }[];
}

/** Kept free for acknowledgements. */
const SPARE_BYTES = 8;
const PROTOCOL = Uint8Array.of(0, 4, 77, 81, 84, 84, 4); // "MQTT", level 4
const MQTT_PORT = 1883;

export default class MqttClient {
  static readonly CONNECT = OPERATION.connect;
  static readonly CONNACK = OPERATION.connack;
  static readonly PUBLISH = OPERATION.publish;
  static readonly PUBACK = OPERATION.puback;
  static readonly SUBSCRIBE = OPERATION.subscribe;
  static readonly SUBACK = OPERATION.suback;
  static readonly UNSUBSCRIBE = OPERATION.unsubscribe;
  static readonly UNSUBACK = OPERATION.unsuback;
  static readonly PINGREQ = OPERATION.pingreq;
  static readonly PINGRESP = OPERATION.pingresp;
  static readonly DISCONNECT = OPERATION.disconnect;

  readonly #options: ClientOptions;
  readonly #heads = new HeadReader();
  readonly #replies: Uint8Array[] = []; // that wait for room, or for the end of a message
  #socket: Socket | undefined;
  #state: 'opening' | 'asking' | 'up' | 'closed' = 'opening';
  #room = 0;
  #incoming: Head | undefined; // the message on its way
  #payloadLeft = 0; // of it
  #outgoingLeft = 0; // bytes of the message that is being written
  #given = 0; // bytes that the caller must read now
  #isTold = false; // of the first fragment
  #keepAlive: object | undefined; // timer
  #isAnswered = true; // the last ping

  constructor(options: ClientOptions) {
    this.#options = options;
    const { dns, host, port = MQTT_PORT, socket } = options;
    new dns.io(dns).resolve({
      host,
      onResolved: (_, address) => {
        this.#socket = new socket.io({
          ...socket,
          address,
          host,
          port,
          onReadable: (bytes: number) => this.#readable(bytes),
          onWritable: (bytes: number) => this.#writable(bytes),
          onError: () => this.#fail(),
        });
      },
      onError: () => this.#fail(),
    });
  }

  /** Without goodbye. */
  close(): void {
    if (this.#keepAlive !== undefined) Timer.clear(this.#keepAlive as never);
    this.#state = 'closed';
    this.#socket?.close();
    this.#socket = undefined;
  }

  /** A packet, or with `byteLength` the first part of a message; without options its next part. */
  write(data: Uint8Array | undefined, options?: WriteOptions): number {
    if (this.#state !== 'up') throw new Error('not connected');
    if (this.#outgoingLeft > 0) return this.#writePart(data, options);
    const { operation = OPERATION.publish, id = 0, topic = '', QoS = 0, items = [] } = options ?? {};
    if (operation === OPERATION.publish) {
      const payload = data ?? new Uint8Array(0);
      const whole = options?.byteLength ?? payload.length;
      const head = [field(topic), ...(QoS > 0 ? [uint16(id)] : [])];
      const headBytes = head.reduce((sum, part) => sum + part.length, 0);
      this.#send(packet((operation << 4) | (QoS << 1), headBytes + whole, ...head, payload));
      this.#outgoingLeft = whole - payload.length;
    } else if (operation === OPERATION.subscribe || operation === OPERATION.unsubscribe) {
      const isSubscribe = operation === OPERATION.subscribe;
      const parts = items.flatMap((item) => [
        field(item.topic),
        ...(isSubscribe ? [Uint8Array.of(item.QoS ?? 0)] : []),
      ]);
      const bytes = 2 + parts.reduce((sum, part) => sum + part.length, 0);
      this.#send(packet((operation << 4) | 2, bytes, uint16(id), ...parts));
    } else if (operation === OPERATION.disconnect || operation === OPERATION.pingreq) {
      this.#send(packet(operation << 4, 0));
    } else throw new Error(`no operation ${operation}`);
    return Math.max(0, this.#room - SPARE_BYTES);
  }

  /** Into a view, as many bytes as `onReadable` named, at most. */
  read(into: Uint8Array): number {
    const part = into.length <= this.#given ? into : into.subarray(0, this.#given);
    if (part.length === 0) return 0;
    this.#socket!.format = 'buffer';
    this.#socket!.read(part);
    this.#given -= part.length;
    return part.length;
  }

  #writePart(data: Uint8Array | undefined, options: WriteOptions | undefined): number {
    if (options !== undefined || data === undefined || data.length > this.#outgoingLeft) {
      throw new Error(`in a message, ${this.#outgoingLeft} bytes to come`);
    }
    this.#send(data);
    this.#outgoingLeft -= data.length;
    if (this.#outgoingLeft === 0 && this.#replies.length > 0) Timer.set(() => this.#flush());
    return Math.max(0, this.#room - SPARE_BYTES);
  }

  #send(bytes: Uint8Array): void {
    if (bytes.length > this.#room) throw new Error('overflow');
    this.#socket!.format = 'buffer';
    this.#room = this.#socket!.write(bytes);
  }

  /** @returns nothing, and sends it in a later turn */
  #reply(bytes: Uint8Array): void {
    this.#replies.push(bytes);
    Timer.set(() => this.#flush());
  }

  #flush(): void {
    while (this.#state === 'up' && this.#outgoingLeft === 0) {
      const next = this.#replies[0];
      if (next === undefined || next.length > this.#room) return;
      this.#replies.shift();
      this.#send(next);
    }
  }

  #writable(bytes: number): void {
    this.#room = bytes;
    if (this.#state === 'opening') this.#ask();
    if (this.#state !== 'up') return;
    this.#flush();
    if (this.#room > SPARE_BYTES) this.#options.onWritable?.(this.#room - SPARE_BYTES);
  }

  #ask(): void {
    const { id = '', clean = true, keepAlive = 0, will, user, password } = this.#options;
    const flags =
      (clean ? 2 : 0) |
      (will === undefined ? 0 : 4 | ((will.QoS ?? 0) << 3)) |
      (password === undefined ? 0 : 0x40) |
      (user === undefined ? 0 : 0x80);
    const parts = [PROTOCOL, Uint8Array.of(flags), uint16(Math.ceil(keepAlive / 1000)), field(id)];
    if (will !== undefined) parts.push(field(will.topic), field(will.message));
    if (user !== undefined) parts.push(field(user));
    if (password !== undefined) parts.push(field(password));
    this.#state = 'asking';
    this.#send(
      packet(
        OPERATION.connect << 4,
        parts.reduce((sum, part) => sum + part.length, 0),
        ...parts,
      ),
    );
    if (keepAlive > 0) this.#keepAlive = Timer.repeat(() => this.#ping(), keepAlive / 2);
  }

  #ping(): void {
    if (!this.#isAnswered) {
      this.#fail();
      return;
    }
    this.#isAnswered = false;
    this.#reply(packet(OPERATION.pingreq << 4, 0));
  }

  #readable(bytes: number): void {
    for (let left = bytes; left > 0 && this.#socket !== undefined; ) {
      if (this.#payloadLeft > 0) {
        const part = Math.min(this.#payloadLeft, left);
        this.#give(part);
        left -= part;
      } else {
        this.#socket.format = 'number';
        const head = this.#heads.push(this.#socket.read() as number);
        left -= 1;
        if (head !== undefined) this.#take(head);
      }
    }
  }

  #take(head: Head): void {
    const { operation, id, code, codes, payloadBytes } = head;
    if (operation === OPERATION.publish) {
      this.#incoming = head;
      this.#isTold = false;
      this.#payloadLeft = payloadBytes;
      if (payloadBytes === 0) this.#give(0);
      return;
    }
    if (operation === OPERATION.pingresp) this.#isAnswered = true;
    if (operation === OPERATION.connack) {
      if (code !== 0) {
        this.#fail();
        return;
      }
      this.#state = 'up';
    }
    this.#options.onControl?.({ operation, id, payload: codes });
    if (operation === OPERATION.connack) this.#writable(this.#room);
  }

  /** The caller reads it within this call. */
  #give(bytes: number): void {
    const { topic, qos, id, payloadBytes } = this.#incoming!;
    this.#payloadLeft -= bytes;
    this.#given = bytes;
    const more = this.#payloadLeft > 0;
    const first = this.#isTold ? {} : { topic, byteLength: payloadBytes, QoS: qos };
    this.#isTold = true;
    this.#options.onReadable?.(bytes, { ...first, more });
    if (this.#given > 0 && this.#state === 'up') {
      throw new Error(`${this.#given} bytes of a message unread, expected all to be read at once`);
    }
    if (!more && qos > 0) this.#reply(packet(OPERATION.puback << 4, 2, uint16(id)));
  }

  #fail(): void {
    if (this.#state === 'closed') return;
    this.#options.onError?.();
    this.close();
  }
}
