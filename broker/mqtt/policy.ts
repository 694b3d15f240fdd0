/**
 * Who may connect, publish and subscribe: pure functions from a packet to the reason of its
 * refusal, or undefined. A device owns its uplink topics and hears the server's; an
 * observer only listens.
 *
 * Names are not proven: whoever connects as a device speaks for it. A takeover is logged, and a name
 * stays with its holder for a while (connections.ts), so a board that is pushed out comes through;
 * but a stranger in a cohort member's name can send a false update. Accounts will end that.
 * @module
 */
import { isDeviceName } from '../../shared/protocol/device.js';
import { parseTopic } from '../../shared/protocol/topics.js';

export interface PolicySettings {
  readonly task: string;
  readonly maxUpdateBytes: number; // longest update frame
  /** Observers may hear what one device sends up, for a twin: whoever hears it can learn from it about its data. */
  readonly hearUpdates?: boolean;
}

/** The parts of MQTT packets that decisions rest on. */
export interface Connect {
  readonly clientId: string;
  readonly clean?: boolean;
  readonly keepalive?: number; // seconds, 0 = none
  readonly will?: Publish;
}

export interface Publish {
  readonly topic: string;
  readonly payload: { readonly length: number };
  readonly qos?: number; // 0 when absent
  readonly retain?: boolean;
}

export interface Subscribe {
  readonly topic: string;
  readonly qos: number;
}

/** Statuses, metrics and the like have fewer than 100 bytes. */
const MAX_SMALL_BYTES = 256;
/** Moments of 64 channels have 1,052 bytes. */
const MAX_MOMENTS_BYTES = 2048;

/** What a device says in few bytes, and what the server says to one device alone. */
const SMALL: readonly string[] = ['status', 'metrics', 'enrol', 'prediction'];
const HEARD: readonly string[] = ['verdict', 'shard', 'label'];

const MAX_KEEPALIVE = 600; // seconds

const OBSERVER = /^observer:[a-z0-9-]{1,23}$/; // the colon keeps them apart from devices

export function refuseConnect(
  settings: PolicySettings,
  { clientId, clean, keepalive = 0, will }: Connect,
): string | undefined {
  if (!isDeviceName(clientId) && !OBSERVER.test(clientId)) {
    return 'client id, expected 1 to 23 of a-z, 0-9 and -, or an observer: name';
  }
  if (clean !== true) return 'session kept, expected a clean one'; // a queue without a bound for whoever is away
  if (keepalive < 1 || keepalive > MAX_KEEPALIVE) {
    return `keep-alive of ${keepalive} s, expected 1 to ${MAX_KEEPALIVE}`; // a link that died would never be missed
  }
  return will && refusePublish(settings, clientId, will);
}

export function refusePublish(
  settings: PolicySettings,
  clientId: string,
  packet: Publish,
): string | undefined {
  if (!isDeviceName(clientId)) return 'publish by an observer, expected none';
  const topic = parseTopic(packet.topic);
  const limit = topic && uplinkLimit(settings, topic.kind);
  const owns =
    topic !== undefined && topic.task === settings.task && 'device' in topic && topic.device === clientId;
  if (!owns || limit === undefined) {
    return `publish to ${shown(packet.topic)}, expected one of its own uplinks of task ${settings.task}`;
  }
  // Aedes drops one of two messages when a retained one is followed by a plain one.
  if (packet.retain) return 'publish retained, expected not';
  if ((packet.qos ?? 0) > 1) return `publish qos ${packet.qos}, expected 0 or 1`;
  const { length } = packet.payload;
  if (length < 1 || length > limit) return `${topic.kind} of ${length} bytes, expected 1 to ${limit}`;
  return undefined;
}

export function refuseSubscribe(
  settings: PolicySettings,
  clientId: string,
  { topic: filter, qos }: Subscribe,
): string | undefined {
  if (qos > 1) return `subscribe qos ${qos}, expected 0 or 1`;
  const allVerdicts = `fl/1/${settings.task}/verdict/+`;
  if (filter === allVerdicts && !isDeviceName(clientId)) return undefined;
  const topic = parseTopic(filter); // no wildcard and no $share passes it
  if (topic !== undefined && topic.task === settings.task) {
    if (!('device' in topic)) return undefined; // for all boards, or those of one build
    if (HEARD.includes(topic.kind) && topic.device === clientId) return undefined;
    if (topic.kind === 'update' && settings.hearUpdates === true && !isDeviceName(clientId)) return undefined;
  }
  return `subscribe to ${shown(filter)}, expected what the server says to all, or to it alone, of task ${settings.task}`;
}

/** The longest payload that any device may publish. */
export function longestUplink({ maxUpdateBytes }: PolicySettings): number {
  return Math.max(maxUpdateBytes, MAX_MOMENTS_BYTES);
}

function uplinkLimit(settings: PolicySettings, kind: string): number | undefined {
  if (kind === 'update') return settings.maxUpdateBytes;
  if (kind === 'moments') return MAX_MOMENTS_BYTES;
  return SMALL.includes(kind) ? MAX_SMALL_BYTES : undefined;
}

/** A stranger's text in one printable line. */
function shown(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}
