/**
 * A board that follows the protocol over real MQTT but does not train: it sends what `updateFrame`
 * gives for the plan and model that it holds, and again after a reconnect until it has a verdict.
 */
import mqtt, { type MqttClient } from 'mqtt';
import { hashFrame } from '../../broker/storage/hash.js';
import { decodeModel } from '../../shared/protocol/model.js';
import { decodePlan, type Plan } from '../../shared/protocol/plan.js';
import { deviceTopic, taskTopic } from '../../shared/protocol/topics.js';
import { decodeVerdict, type VerdictKind } from '../../shared/protocol/verdict.js';
import { statusFrame, updateFrame } from './task.js';

const RETRY_MS = 30;

export interface Acknowledged {
  readonly device: string;
  readonly round: number;
  readonly attempt: number;
}

export class Board {
  readonly device: string;
  /** Updates that the broker has acknowledged with a PUBACK. */
  readonly acknowledged: Acknowledged[] = [];
  readonly verdicts: VerdictKind[] = [];
  readonly #task: string;
  readonly #client: MqttClient;
  #plan: Plan | undefined;
  #modelFrame: Uint8Array | undefined;
  #judged = ''; // round and attempt that need no more update

  constructor(port: number, task: string, device: string) {
    this.device = device;
    this.#task = task;
    const topics = { plan: taskTopic('plan', task), model: taskTopic('model', task) };
    const verdict = deviceTopic('verdict', task, device);
    this.#client = mqtt.connect({
      host: '127.0.0.1',
      port,
      clientId: device,
      protocolVersion: 4,
      reconnectPeriod: RETRY_MS,
      queueQoSZero: false,
    });
    this.#client.on('error', () => {}); // the broker is down: it tries again
    this.#client.on('connect', () => {
      this.#client.subscribe([topics.plan, topics.model, verdict], { qos: 1 }, () => {});
      this.#publish('status', statusFrame('ready'), () => {});
    });
    this.#client.on('message', (topic, payload) => {
      if (topic === topics.plan) this.#plan = decodePlan(payload);
      if (topic === topics.model) this.#modelFrame = payload;
      if (topic === verdict) this.#verdict(payload);
      else this.#report();
    });
  }

  async close(): Promise<void> {
    await this.#client.endAsync(true);
  }

  #report(): void {
    const [plan, modelFrame] = [this.#plan, this.#modelFrame];
    if (plan === undefined || modelFrame === undefined) return;
    if (plan.modelHash !== hashFrame(modelFrame) || this.#judged === nameOf(plan)) return;
    const frame = updateFrame(plan, decodeModel(modelFrame), this.device);
    const { round, attempt } = plan;
    this.#publish('update', frame, () => this.acknowledged.push({ device: this.device, round, attempt }));
  }

  #verdict(payload: Uint8Array): void {
    const verdict = decodeVerdict(payload);
    this.verdicts.push(verdict.kind);
    if (verdict.kind === 'accepted' || verdict.kind === 'duplicate') this.#judged = nameOf(verdict);
  }

  #publish(kind: 'update' | 'status', frame: Uint8Array, onAcknowledged: () => void): void {
    this.#client.publish(
      deviceTopic(kind, this.#task, this.device),
      Buffer.from(frame),
      { qos: 1 },
      (error) => {
        if (!error) onAcknowledged();
      },
    );
  }
}

function nameOf({ round, attempt }: { readonly round: number; readonly attempt: number }): string {
  return `${round}.${attempt}`;
}
