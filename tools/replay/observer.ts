/**
 * Listens to a task at its broker, as an observer: it hears what the server says to all boards and, where
 * the broker lets it, what one device sends up.
 * @module
 */
import { connect } from 'node:net';
import { MqttClient } from 'mqtt';
import { deviceTopic, taskTopic } from '../../shared/protocol/topics.js';
import type { BrokerAddress } from '../emulator/transport.js';

export interface Observer {
  close(): void;
}

const KEEP_ALIVE_S = 60;
const RECONNECT_MS = 1000;

/** @param device whose updates are heard, too */
export function observe(
  broker: BrokerAddress,
  task: string,
  hear: (topic: string, payload: Uint8Array) => void,
  log: (line: string) => void,
  device?: string,
): Observer {
  const client = new MqttClient(() => connect({ ...broker, noDelay: true }), {
    clientId: `observer:replay-${process.pid}`,
    protocolVersion: 4,
    clean: true,
    keepalive: KEEP_ALIVE_S,
    reconnectPeriod: RECONNECT_MS,
  });
  const topics = [taskTopic('model', task), taskTopic('plan', task)];
  if (device !== undefined) topics.push(deviceTopic('update', task, device));
  client.on('connect', () => {
    for (const topic of topics) {
      client.subscribe(topic, { qos: 1 }, (error, granted) => {
        if (error || granted?.some(({ qos }) => qos > 2)) log(`broker refuses to let ${topic} be heard`);
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
