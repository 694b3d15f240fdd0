/**
 * One life of a connection to the broker: find it, connect, exchange messages, end. The SDK's MQTT
 * client is used raw, and never closed from within one of its own callbacks, where it would fail.
 * @module
 */
import MqttClient from 'embedded:network/mqtt/client';
import Timer from 'timer';
import type { MessageSink, TransportEvents, TransportOptions } from '../ports.js';
import type { BrokerAddress, Network, Search } from './network.js';
import { type MqttWriter, Outgoing } from './outgoing.js';
import { GuardedSocket } from './socket.js';
import type { OpenStream } from './stream.js';

/** For TCP, TLS and CONNACK together. The client itself gives up on TCP after 30 s, on CONNACK never. */
const CONNECT_MS = 15_000;
/** A message comes in pieces of a TCP segment; a larger one is read in several. */
const PIECE_BYTES = 1460;
const REFUSED = 0x80; // SUBACK, MQTT 3.1.1, section 3.9.3
const MAX_ID = 65535;

/** What the client says of a control packet. One argument, whatever its types say. */
interface Control {
  readonly operation: number;
  readonly id: number;
  readonly payload?: readonly number[];
}

interface Fragment {
  readonly topic?: string; // of the first one only
  readonly byteLength?: number;
  readonly more: boolean;
}

interface Client extends MqttWriter {
  read(into: Uint8Array): void;
  close(): void;
}

/** The address is known when the client is made; it asks nevertheless. */
class KnownAddress {
  readonly #address: string;

  constructor({ address }: { readonly address: string }) {
    this.#address = address;
  }

  resolve({ host, onResolved }: { host: string; onResolved(host: string, address: string): void }): void {
    onResolved(host, this.#address);
  }

  close(): void {}
}

export class Connection {
  readonly #network: Network;
  readonly #openStream: OpenStream;
  readonly #options: TransportOptions;
  readonly #events: TransportEvents;
  readonly #piece = new Uint8Array(PIECE_BYTES);
  readonly #unacknowledged = new Map<number, () => void>();
  #state: 'connecting' | 'up' | 'over' = 'connecting';
  #search: Search | undefined;
  #deadline: Timer | undefined;
  #notice: Timer | undefined; // of the end
  #client: Client | undefined;
  #socket: GuardedSocket | undefined;
  #outgoing: Outgoing | undefined;
  #sink: MessageSink | undefined;
  #id = 0;

  constructor(network: Network, openStream: OpenStream, options: TransportOptions, events: TransportEvents) {
    this.#network = network;
    this.#openStream = openStream;
    this.#options = options;
    this.#events = events;
    this.#search = network.find(
      (broker) => this.#connect(broker),
      (reason) => this.end(reason),
    );
  }

  subscribe(topic: string): void {
    this.#outgoing?.push({ operation: MqttClient.SUBSCRIBE, id: this.#nextId(), topic });
  }

  unsubscribe(topic: string): void {
    this.#outgoing?.push({ operation: MqttClient.UNSUBSCRIBE, id: this.#nextId(), topic });
  }

  publish(topic: string, payload: Uint8Array, qos: 0 | 1, onAcknowledged: () => void): void {
    const id = this.#nextId();
    if (qos === 1) this.#unacknowledged.set(id, onAcknowledged);
    const onSent = () => {
      if (qos === 0) Timer.set(() => this.#state === 'up' && onAcknowledged(), 1);
    };
    this.#outgoing?.push({ operation: MqttClient.PUBLISH, id, topic, payload, qos, onSent });
  }

  /** Says goodbye where it can, so that the will is not published. No event follows. */
  close(): void {
    Timer.clear(this.#notice);
    this.#notice = undefined;
    if (this.#state === 'over') return;
    const canSayGoodbye = this.#state === 'up' && this.#outgoing?.isInMessage === false;
    if (canSayGoodbye && this.#socket!.writable >= 2) {
      this.#client?.write(undefined, { operation: MqttClient.DISCONNECT });
    }
    this.#leave();
  }

  /** The connection is of no more use; its owner hears of it in a later turn of the event loop. */
  end(reason: string): void {
    if (this.#state === 'over') return;
    this.#leave();
    this.#notice = Timer.set(() => {
      this.#notice = undefined;
      this.#events.onClosed(reason);
    }, 1);
  }

  #leave(): void {
    this.#state = 'over';
    this.#search?.cancel();
    Timer.clear(this.#deadline);
    this.#deadline = undefined;
    const client = this.#client;
    // The client may be in the middle of its parser now.
    if (client !== undefined) Timer.set(() => client.close(), 1);
  }

  #connect({ address, port, name }: BrokerAddress): void {
    const { clientId, keepAliveMs, will } = this.#options;
    this.#search = undefined;
    this.#deadline = Timer.set(() => this.end(`no answer in ${CONNECT_MS} ms`), CONNECT_MS);
    const watch = {
      onOpen: (socket: GuardedSocket) => {
        this.#socket = socket;
      },
      onBroken: (reason: string) => this.end(reason),
    };
    const client = new MqttClient({
      host: address,
      port,
      id: clientId,
      clean: true,
      keepAlive: keepAliveMs,
      // A view would be turned to text.
      will: { topic: will.topic, message: will.payload.slice().buffer, QoS: 1 },
      dns: { io: KnownAddress, address },
      socket: { io: GuardedSocket, watch, open: this.#openStream, name },
      onReadable: (count: number, fragment: Fragment) => this.#receive(count, fragment),
      onWritable: () => this.#outgoing?.pump(),
      onControl: ((packet: Control) => this.#control(packet)) as () => void,
      onError: () => this.end(this.#state === 'up' ? 'lost' : 'refused'),
    } as ConstructorParameters<typeof MqttClient>[0]) as unknown as Client;
    this.#client = client;
    this.#outgoing = new Outgoing(client, () => (this.#state === 'up' ? this.#socket!.writable : 0));
  }

  #control({ operation, id, payload }: Control): void {
    if (this.#state === 'over') return;
    if (operation === MqttClient.CONNACK) {
      Timer.clear(this.#deadline);
      this.#deadline = undefined;
      this.#state = 'up';
      this.#network.worked();
      this.#events.onConnected();
    } else if (operation === MqttClient.PUBACK) {
      const onAcknowledged = this.#unacknowledged.get(id);
      this.#unacknowledged.delete(id);
      onAcknowledged?.();
    } else if (operation === MqttClient.SUBACK && payload?.[0] === REFUSED) {
      this.end('subscription refused'); // nothing would ever come
    }
  }

  /** Reads all that has come: the client waits for it. */
  #receive(count: number, { topic, byteLength, more }: Fragment): void {
    if (topic !== undefined) {
      this.#sink = this.#state === 'up' ? this.#events.onMessage(topic, byteLength ?? 0) : undefined;
    }
    for (let left = count; left > 0; ) {
      const piece = left < PIECE_BYTES ? this.#piece.subarray(0, left) : this.#piece;
      this.#client!.read(piece);
      left -= piece.length;
      if (this.#state === 'up') this.#sink?.write(piece);
    }
    if (more || this.#state !== 'up') return;
    const sink = this.#sink;
    this.#sink = undefined;
    sink?.end();
  }

  #nextId(): number {
    this.#id = this.#id === MAX_ID ? 1 : this.#id + 1;
    return this.#id;
  }
}
