/**
 * A scripted server for tests of the client: small models and plans, said over a real broker.
 * @module
 */
import { createHash } from 'node:crypto';
import type { Examples } from '../../../firmware/ports/ports.js';
import type { ModelDescription } from '../../../shared/model/description.js';
import { layoutOf } from '../../../shared/model/layout.js';
import { encodeDelta } from '../../../shared/protocol/delta.js';
import { deviceHash } from '../../../shared/protocol/device.js';
import { frameCrc } from '../../../shared/protocol/frame.js';
import { decodeModel, encodeModel, hashFromBytes } from '../../../shared/protocol/model.js';
import { encodePlan, type Plan } from '../../../shared/protocol/plan.js';
import { decodeStatus, type Status } from '../../../shared/protocol/status.js';
import { deviceTopic, taskTopic } from '../../../shared/protocol/topics.js';
import { encodeVerdict, type VerdictKind } from '../../../shared/protocol/verdict.js';
import type { TestBroker } from '../room.js';

export const TASK = 'digits';

const DESCRIPTION: ModelDescription = {
  name: 'small',
  input: { shape: [8, 8], type: 'uint8', exp: -4 },
  layers: [
    { kind: 'dense', units: 24 },
    { kind: 'dense', units: 10 },
  ],
};

/** About 3.8 KB: three segments. */
export function modelFrame(seed: number): Uint8Array {
  const layout = layoutOf(DESCRIPTION);
  const parameters = new ArrayBuffer(layout.parameterBytes);
  for (const { weights } of layout.layers) {
    const view = new Int16Array(parameters, weights.offset, weights.length);
    view.forEach((_, i) => {
      view[i] = ((i * 37 + seed * 101) % 2001) - 1000;
    });
  }
  const exponents = [
    { weightExp: -13, outputExp: -4 },
    { weightExp: -13, outputExp: 0 },
  ];
  return encodeModel({ head: { description: DESCRIPTION, layout, exponents }, parameters });
}

/** A model that came of another in a round: every fourth weight and every bias moved a little. */
export function nextFrame(frame: Uint8Array, seed: number): Uint8Array {
  const { head, parameters } = decodeModel(frame);
  for (const { weights, biases } of head.layout.layers) {
    const view = new Int16Array(parameters, weights.offset, weights.length);
    for (let i = seed % 4; i < view.length; i += 4) view[i] += ((i * 13 + seed * 7) % 41) - 20;
    const other = new Int32Array(parameters, biases.offset, biases.length);
    for (let i = 0; i < other.length; i++) other[i] += ((i * 1013 + seed * 97) % 4001) - 2000;
  }
  return encodeModel({ head, parameters });
}

/** The delta frame from one model to another. */
export function deltaFrame(base: Uint8Array, next: Uint8Array): Uint8Array {
  return encodeDelta({ frame: base, hash: hashOf(base) }, { frame: next, hash: hashOf(next) })!;
}

export function hashOf(frame: Uint8Array): string {
  return hashFromBytes(new Uint8Array(createHash('sha256').update(frame).digest()));
}

export function planFor(model: Uint8Array, devices: readonly string[], changes: Partial<Plan> = {}): Plan {
  const layout = layoutOf(DESCRIPTION);
  return {
    federation: 0,
    taskSeed: 1,
    round: 1,
    attempt: 1,
    modelHash: hashOf(model),
    modelCrc: frameCrc(model),
    cohort: { kind: 'list', devices: devices.map(deviceHash).sort((a, b) => a - b) },
    deadlineMs: 0,
    method: {
      power: 4,
      activations: 'all',
      uplink: 'top-k-weights-diff',
      valueBits: 16,
      positions: 'lists',
      merge: 'senders',
      optimizer: { kind: 'none', rate: 65536, momentum: 0 },
      rate: { mantissa: 128, exp: -9 },
      clip: 0,
      prox: 0,
      growth: 0,
      epochs: 1,
      batch: 8,
      reselectEvery: 80,
      holdBackEvery: 0,
    },
    layers: layout.layers.map(({ inputs, weights }) => ({
      active: weights.length,
      keptInputs: inputs,
      sent: Math.ceil(weights.length / 10),
    })),
    ...changes,
  };
}

/** Forty examples of 8×8, made from a seed. */
export function examplesOf(seed: number, count = 40): Examples {
  return {
    count,
    features: 64,
    signed: false,
    classes: 10,
    read: (index, out) => {
      for (let i = 0; i < 64; i++) out[i] = (index * 7 + i * seed) % 17;
      return (index + seed) % 10;
    },
  };
}

export class ScriptedServer {
  readonly #broker: TestBroker;

  constructor(broker: TestBroker) {
    this.#broker = broker;
  }

  plan(plan: Plan): Promise<void> {
    return this.#broker.publish(taskTopic('plan', TASK), encodePlan(plan), true);
  }

  model(frame: Uint8Array): Promise<void> {
    return this.#broker.publish(taskTopic('model', TASK), frame, true);
  }

  delta(frame: Uint8Array): Promise<void> {
    return this.#broker.publish(taskTopic('delta', TASK), frame, true);
  }

  /** On the last update of the device, or the one given; its numbers are those of the plan. */
  verdict(
    device: string,
    { round, attempt }: Pick<Plan, 'round' | 'attempt'>,
    kind: VerdictKind,
    update = this.updates(device).at(-1),
  ): Promise<void> {
    const verdict = encodeVerdict({ update: update ? frameCrc(update) : 0, round, attempt, kind });
    return this.#broker.publish(deviceTopic('verdict', TASK, device), verdict);
  }

  updates(device: string): Uint8Array[] {
    return this.#broker.on(deviceTopic('update', TASK, device)).map(({ payload }) => payload);
  }

  statuses(device: string): Status[] {
    return this.#broker.on(deviceTopic('status', TASK, device)).map(({ payload }) => decodeStatus(payload));
  }

  states(device: string): string {
    return this.statuses(device)
      .map(({ state }) => state)
      .join(' ');
  }

  /** How often a device asked for the model. */
  modelRequests(device: string): number {
    return this.#requests(device, 'model');
  }

  deltaRequests(device: string): number {
    return this.#requests(device, 'delta');
  }

  #requests(device: string, kind: 'model' | 'delta'): number {
    const line = `${device} ${taskTopic(kind, TASK)}`;
    return this.#broker.subscriptions.filter((subscription) => subscription === line).length;
  }
}
