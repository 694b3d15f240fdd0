/**
 * The MQTT server: Aedes over TCP and TLS with the guards that it lacks. What devices send goes to the
 * coordinator inside the publish hook, so that PUBACK follows durability, and never on to another
 * device. What the server sends goes through one publisher; where the settings let observers hear updates,
 * it sends those, too.
 * Source: MQTT 3.1.1; clause numbers beside the rules.
 * @module
 */
import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import { Aedes, type Client, type PublishPacket, type Subscription } from 'aedes';
import { isDeviceName } from '../../shared/protocol/device.js';
import { deviceTopic, parseTopic } from '../../shared/protocol/topics.js';
import type { DataUplinks, Uplinks } from '../rounds/ports.js';
import { Connections } from './connections.js';
import { Door, type DoorSettings, faultOf } from './door.js';
import { Lines } from './lines.js';
import { Peer } from './peer.js';
import {
  longestUplink,
  type PolicySettings,
  refuseConnect,
  refusePublish,
  refuseSubscribe,
} from './policy.js';
import { Publisher } from './publisher.js';

export interface MqttSettings extends PolicySettings {
  readonly host?: string; // address to listen on; all when absent
  readonly port?: number; // 0 = any free one; none but that for TLS when absent
  readonly tls?: { readonly port: number; readonly context: SecureContext };
  readonly maxClients: number; // connected at once
  readonly maxQueuedBytes: number; // unsent bytes for one board before it is cut, more than a model frame
}

/** Where it listens. */
export interface OpenPorts {
  readonly plain?: number;
  readonly tls?: number;
}

/** Topic, packet identifier and room to spare, on top of the payload. */
const TOPIC_BYTES = 256;
const CONNECT_TIMEOUT_MS = 10_000;
const DRAIN_TIMEOUT_MS = 10_000;
const FLUSH_MS = 1_000;
/** A last resort: beyond all that Connections allows. */
const SPARE_SOCKETS = 64;
const EMPTY = Buffer.alloc(0);
const NOT_AUTHORIZED = 5; // CONNACK return code [MQTT-3.2.2.3]; Aedes' enum does not exist at run time

type Done = (error?: Error | null) => void;

/** Aedes that keeps what clients publish to itself: the hook has consumed it already. */
class UplinkBroker extends Aedes {
  override publish(packet: PublishPacket, client: unknown, done?: Done): void {
    if (typeof client === 'object' && client !== null) {
      setImmediate(done ?? (() => {}), null); // never in the same stack: the parser is not re-entrant
      return;
    }
    (super.publish as (packet: PublishPacket, client: unknown, done?: Done) => void).call(
      this,
      packet,
      client,
      done,
    );
  }
}

export class MqttBroker {
  readonly publisher: Publisher;
  readonly #settings: MqttSettings;
  readonly #lines: Lines;
  readonly #shardTopics: string; // what they begin with
  readonly #aedes: UplinkBroker;
  readonly #plain: Door | undefined;
  readonly #secure: Door | undefined;
  readonly #connections: Connections;
  readonly #peers = new Map<unknown, Peer>(); // by socket
  readonly #refused = new WeakMap<object, string>(); // why, by client
  readonly #retained = new Map<string, unknown>(); // the newest payload, by topic
  #uplinks: Uplinks | undefined; // only while open
  #data: DataUplinks = {};
  #bytesSent = 0;

  /** @param log one line per refused or cut connection */
  constructor(settings: MqttSettings, log: (line: string) => void) {
    this.#settings = settings;
    this.#shardTopics = deviceTopic('shard', settings.task, 'a').slice(0, -1);
    this.#lines = new Lines(log, nowMs);
    this.#connections = new Connections(
      settings.maxClients,
      (name) => this.#uplinks?.hasReported(name) ?? false,
    );
    this.#aedes = new UplinkBroker({
      concurrency: 0, // with a limit, one frozen subscriber stalls every topic
      drainTimeout: DRAIN_TIMEOUT_MS,
      connectTimeout: CONNECT_TIMEOUT_MS,
      preConnect: (client, packet, done) => {
        const reason = reasonOf(() => refuseConnect(settings, packet));
        if (reason !== undefined) this.#refused.set(client, reason);
        done(null, true); // refused in `authenticate`, which can answer with a CONNACK
      },
      authenticate: (client, _username, _password, done) => {
        const reason =
          this.#refused.get(client) ?? reasonOf(() => this.#connections.admit(client.id, nowMs()));
        if (reason === undefined) return done(null, true);
        this.#tell(client, reason);
        done(Object.assign(new Error(reason), { returnCode: NOT_AUTHORIZED }), false);
      },
      authorizePublish: (client, packet, done) => {
        this.#consume(client, packet)
          .then(
            () => done(null),
            (error: Error) => {
              this.#tell(client, error.message);
              done(error); // closes the connection: 3.1.1 has no other answer
            },
          )
          .catch((error) => this.#lines.add(`publish: ${error}`));
      },
      authorizeSubscribe: (client, subscription, done) => done(null, this.#granted(client, subscription)),
      authorizeForward: (client, packet) => (this.#mayForward(client, packet) ? packet : null),
    });
    this.#aedes.on('clientReady', (client) => {
      const peer = this.#peers.get(client.conn);
      if (peer === undefined) return; // closed meanwhile
      peer.letIn(client.id, longestUplink(settings) + TOPIC_BYTES);
      this.#connections.named(peer, client.id, nowMs());
    });
    this.#aedes.on('clientDisconnect', (client) => {
      if (!isDeviceName(client.id)) return;
      const fault = reasonOf(() => void this.#uplinks?.receiveGone(client.id));
      if (fault !== undefined) this.#tell(client, fault);
    });
    this.#aedes.on('connectionError', ({ conn }, error) => {
      this.#say(this.#peers.get(conn)?.name ?? 'nobody', faultOf(error)); // no CONNECT, or no MQTT
    });
    (this.#aedes as NodeJS.EventEmitter).on('error', (error) => this.#lines.add(`broker: ${error}`));
    this.publisher = new Publisher((topic, payload, retained) => this.#send(topic, payload, retained));
    const { host, port, tls } = settings;
    this.#plain = port === undefined ? undefined : this.#door({ host, port });
    this.#secure = tls && this.#door({ host, ...tls });
  }

  /** Payload bytes handed to the sockets of boards, every copy. */
  get bytesSent(): number {
    return this.#bytesSent;
  }

  /**
   * Starts to listen; from now on `uplinks` and `data` get what boards send.
   * @throws Error when a port is taken
   */
  async listen(uplinks: Uplinks, data: DataUplinks = {}): Promise<OpenPorts> {
    await this.#aedes.listen();
    try {
      const plain = await this.#plain?.open();
      const tls = await this.#secure?.open();
      this.#uplinks = uplinks;
      this.#data = data;
      return { plain, tls };
    } catch (error) {
      await this.#plain?.close();
      this.#aedes.close();
      throw error;
    }
  }

  /** Sends what is queued, closes every connection and the ports. Safe to call twice. */
  async close(): Promise<void> {
    await this.publisher.drained();
    await this.#flushed();
    this.#uplinks = undefined; // wills of boards that we cut ourselves are no news
    await new Promise<void>((resolve) => this.#aedes.close(resolve));
    for (const { socket } of this.#peers.values()) socket.destroy();
    await Promise.all([this.#plain?.close(), this.#secure?.close()]);
  }

  #door(settings: DoorSettings): Door {
    return new Door(
      settings,
      this.#connections.most + SPARE_SOCKETS,
      (socket) => this.#connected(socket),
      (error) => this.#lines.add(`server: ${error}`),
    );
  }

  #connected(socket: Socket): void {
    const peer = new Peer(socket, nowMs, (name, text) => this.#say(name, text));
    this.#peers.set(socket, peer);
    socket.once('close', () => {
      this.#connections.closed(peer, peer.name);
      this.#peers.delete(socket);
    });
    this.#aedes.handle(socket);
    this.#connections.opened(peer);
  }

  /** Resolves when the frame is durably dealt with; PUBACK follows. */
  async #consume(client: Client | null, packet: PublishPacket): Promise<void> {
    if (client === null || this.#uplinks === undefined) throw new Error('publish, expected a connection');
    const payload = packet.payload as Buffer;
    const reason = refusePublish(this.#settings, client.id, packet);
    if (reason !== undefined) throw new Error(reason);
    const frame = new Uint8Array(payload); // a copy: the parser's buffer is shared and unaligned
    packet.payload = EMPTY;
    switch (parseTopic(packet.topic)?.kind) {
      case 'update':
        if (this.#settings.hearUpdates === true) void this.publisher.publish(packet.topic, frame, false);
        return this.#uplinks.receiveUpdate(client.id, frame);
      case 'status':
        return this.#uplinks.receiveStatus(client.id, frame);
      case 'metrics':
        return this.#uplinks.receiveMetrics(client.id, frame);
      case 'enrol':
        return this.#data.receiveEnrol?.(client.id, frame);
      case 'moments':
        return this.#data.receiveMoments?.(client.id, frame);
      case 'prediction':
        return this.#data.receivePrediction?.(client.id, frame);
    }
  }

  #granted(client: Client, subscription: Subscription): Subscription | null {
    const reason = reasonOf(() => refuseSubscribe(this.#settings, client.id, subscription));
    if (reason === undefined) return subscription;
    this.#tell(client, reason);
    return null; // SUBACK 128 [MQTT-3.9.3-2]
  }

  #mayForward(client: Client, packet: PublishPacket): boolean {
    if (client.closed || this.#isStale(packet)) return false;
    if (client.conn.writableLength > this.#settings.maxQueuedBytes) {
      this.#tell(client, `more than ${this.#settings.maxQueuedBytes} bytes unsent, cut`);
      client.close();
      return false;
    }
    // These come for the asking: asking again and again is work, too.
    if (packet.retain || packet.topic.startsWith(this.#shardTopics))
      this.#peers.get(client.conn)?.charge(packet.payload.length);
    if (isDeviceName(client.id)) this.#bytesSent += packet.payload.length;
    return true;
  }

  #send(topic: string, payload: Uint8Array, retained: boolean): void {
    const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
    if (retained) this.#retained.set(topic, bytes);
    this.#aedes.publish(
      { cmd: 'publish', topic, payload: bytes, qos: 1, retain: retained, dup: false },
      (error?: Error | null) => error && this.#uplinks && this.#lines.add(`publish ${topic}: ${error}`),
    );
  }

  /**
   * Aedes reads retained messages when a board subscribes and delivers them one by one, so an old
   * one can arrive after its successor. The board is subscribed by then: it gets the successor anyway.
   */
  #isStale({ topic, payload, retain }: PublishPacket): boolean {
    return retain && this.#retained.get(topic) !== payload;
  }

  #tell(client: Client | null, reason: string): void {
    this.#say(client?.id ?? 'nobody', reason);
  }

  #say(name: string, reason: string): void {
    if (this.#uplinks === undefined) return; // while closing, a refusal is no news
    this.#lines.add(`${name}: ${reason}`);
  }

  /** Gives the sockets a moment to take what was sent; a frozen board does not hold us longer. */
  async #flushed(): Promise<void> {
    const endMs = performance.now() + FLUSH_MS;
    while (
      performance.now() < endMs &&
      [...this.#peers.values()].some(({ socket }) => socket.writableLength > 0)
    ) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

function nowMs(): number {
  return performance.now();
}

/** What `judge` returns or throws: a throw in a hook would end the process, here it is one more reason. */
function reasonOf(judge: () => string | undefined): string | undefined {
  try {
    return judge();
  } catch (error) {
    return String(error);
  }
}
