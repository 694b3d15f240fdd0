/**
 * The coordinator's way down: frames to topics. The way up is the broker's publish hook.
 * @module
 */
import { deviceTopic, taskTopic } from '../../shared/protocol/topics.js';
import type { DealPublisher } from '../rounds/dealer.js';
import type { LivePublisher } from '../rounds/live.js';
import type { Publisher } from '../rounds/ports.js';
import type { MqttBroker } from './broker.js';

export function gatewayTo(broker: MqttBroker, task: string): Publisher {
  const { publisher } = broker;
  return {
    publishModel: (frame) => publisher.publish(taskTopic('model', task), frame, true),
    publishDelta: (frame) => publisher.publish(taskTopic('delta', task), frame, true),
    publishPlan: (frame) => publisher.publish(taskTopic('plan', task), frame, true),
    publishVerdict: (device, frame) => publisher.publish(deviceTopic('verdict', task, device), frame, false),
    bytesSent: () => broker.bytesSent,
  };
}

/** What boards get beside the rounds: examples, and how to read their sensors. */
export function dataGatewayTo({ publisher }: MqttBroker, task: string): DealPublisher & LivePublisher {
  return {
    publishDeal: (frame) => publisher.publish(taskTopic('deal', task), frame, true),
    publishShard: (device, frame) => publisher.publish(deviceTopic('shard', task, device), frame, false),
    publishWindows: (frame) => publisher.publish(taskTopic('windows', task), frame, true),
    publishLabel: (device, frame) => publisher.publish(deviceTopic('label', task, device), frame, false),
  };
}
