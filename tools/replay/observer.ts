/**
 * Listens to a task at its broker, as an observer: it hears what the server says to all boards and, where
 * the broker lets it, what one device sends up.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { MqttClient } from 'mqtt';
import { deviceTopic, taskTopic } from '../../shared/protocol/topics.js';
import { type BrokerAddress, socketTo } from '../emulator/transport.js';

export interface Observer {
  close(): void;
}

const KEEP_ALIVE_S = 60;
const RECONNECT_MS = 1000;
const REFUSED = 128; // in a SUBACK [MQTT-3.9.3-2]

export interface Observed {
  readonly broker: BrokerAddress;
  readonly task: string;
  /** Whose updates are heard, too; the broker must let them be (`hearUpdates`). */
  readonly device?: string;
  readonly hear: (topic: string, payload: Uint8Array) => void;
  readonly log: (line: string) => void;
  /** From now on it hears everything; again after each reconnect. */
  readonly onListening?: () => void;
  /** The broker keeps a topic to itself. */
  readonly onRefused: (topic: string) => void;
}

export function observe({ broker, task, device, hear, log, onListening, onRefused }: Observed): Observer {
  const client = new MqttClient(() => socketTo(broker), {
    clientId: `observer:replay-${randomBytes(4).toString('hex')}`,
    protocolVersion: 4,
    clean: true,
    keepalive: KEEP_ALIVE_S,
    reconnectPeriod: RECONNECT_MS,
    resubscribe: false, // done below, after each connect
  });
  const topics = [taskTopic('model', task), taskTopic('plan', task)];
  if (device !== undefined) topics.push(deviceTopic('update', task, device));
  client.on('connect', () => {
    let wanted = topics.length;
    for (const topic of topics) {
      client.subscribe(topic, { qos: 1 }, (error, _, suback) => {
        // without a SUBACK the connection was lost, or is closed: that refuses nothing
        if (suback?.granted.some((code) => Number(code) >= REFUSED)) onRefused(topic);
        else if (error === null && --wanted === 0) onListening?.();
      });
    }
  });
  client.on('message', (topic, payload) => {
    try {
      hear(topic, payload);
    } catch (error) {
      log(`message on ${topic}: ${(error as Error).message}`);
    }
  });
  client.on('error', (error) => log(`observer: ${error.message}`));
  return { close: () => client.end(true) };
}
