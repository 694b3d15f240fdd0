/**
 * Makes capsules of what goes by: plans and models from the server, updates from boards. They may come in
 * any order; a capsule is complete when its plan and its model are there.
 * @module
 */
import { existsSync } from 'node:fs';
import { roundSeed } from '../../firmware/federation/localround.js';
import type { Examples } from '../../firmware/ports/ports.js';
import { decodeModel, hashFromBytes } from '../../shared/protocol/model.js';
import { decodePlan, type Plan } from '../../shared/protocol/plan.js';
import { parseTopic } from '../../shared/protocol/topics.js';
import { openUpdate } from '../../shared/protocol/update.js';
import { formatFld } from '../datasets/fld.js';
import { type Capsule, HERE, storedExamples, storedModel, write } from './capsule.js';
import { digestOf, type ExamplesDigest, sha256 } from './digest.js';

interface Planned {
  readonly plan: Plan;
  readonly frame: Uint8Array;
}

interface Sent {
  readonly device: string;
  readonly round: number;
  readonly attempt: number;
  readonly frame: Uint8Array;
}

/** A capsule and the frame of its base model. */
export interface Recorded {
  readonly capsule: Capsule;
  readonly model: Uint8Array;
  readonly examples: Examples;
}

/** Plans, models and updates without their plan that are held at once: rounds end, and so does what they need. */
const HELD = 64;

export class Recorder {
  readonly #examplesOf: (device: string) => Examples | undefined;
  readonly #onCapsule: (recorded: Recorded) => void;
  readonly #plans = new Map<string, Planned>(); // by round and attempt
  readonly #models = new Map<string, Uint8Array>(); // by hash
  readonly #digests = new Map<string, ExamplesDigest>(); // by device
  readonly #done = new Set<string>();
  #waiting: Sent[] = [];

  /**
   * @param examplesOf the examples of a device; undefined for one that is of no concern
   * @param onCapsule  gets each update once, also when it was sent several times
   */
  constructor(examplesOf: (device: string) => Examples | undefined, onCapsule: (recorded: Recorded) => void) {
    this.#examplesOf = examplesOf;
    this.#onCapsule = onCapsule;
  }

  /** A message of the task, from either side. Other kinds of topics are ignored. */
  hear(topic: string, payload: Uint8Array): void {
    const place = parseTopic(topic);
    if (place?.kind === 'plan') this.#hearPlan(Uint8Array.from(payload));
    else if (place?.kind === 'model') this.#hearModel(Uint8Array.from(payload));
    else if (place?.kind === 'update') this.#hearUpdate(place.device, Uint8Array.from(payload));
    else return;
    this.#waiting = this.#waiting.filter((sent) => !this.#complete(sent)).slice(-HELD);
  }

  #hearPlan(frame: Uint8Array): void {
    const plan = decodePlan(frame);
    hold(this.#plans, `${plan.round} ${plan.attempt}`, { plan, frame });
  }

  #hearModel(frame: Uint8Array): void {
    hold(this.#models, sha256(frame).slice(0, 16), frame);
  }

  #hearUpdate(device: string, frame: Uint8Array): void {
    const { round, attempt } = openUpdate(frame).head;
    const key = `${device} ${round} ${attempt} ${sha256(frame)}`;
    if (this.#done.has(key)) return; // sent again after a reconnect
    this.#done.add(key);
    this.#waiting.push({ device, round, attempt, frame });
  }

  #complete({ device, round, attempt, frame }: Sent): boolean {
    const planned = this.#plans.get(`${round} ${attempt}`);
    const model = planned && this.#models.get(planned.plan.modelHash);
    const examples = this.#examplesOf(device);
    if (examples === undefined) return true;
    if (planned === undefined || model === undefined) return false;
    let digest = this.#digests.get(device);
    if (digest === undefined) {
      digest = digestOf(examples);
      this.#digests.set(device, digest);
    }
    const capsule: Capsule = {
      ...HERE,
      device,
      round,
      attempt,
      seed: roundSeed(planned.plan, device),
      model: sha256(model),
      plan: Buffer.from(planned.frame).toString('base64'),
      examples: digest,
      update: sha256(frame),
      frame: Buffer.from(frame).toString('base64'),
    };
    this.#onCapsule({ capsule, model, examples });
    return true;
  }
}

/** The longest held leaves when there are too many. */
function hold<T>(held: Map<string, T>, key: string, value: T): void {
  held.delete(key);
  held.set(key, value);
  const [oldest] = held.keys();
  if (held.size > HELD) held.delete(oldest);
}

/** Writes what a capsule needs to the store, where it is not there yet. */
export function storeFor(folder: string, { capsule, model, examples }: Recorded): void {
  const modelPath = storedModel(folder, capsule);
  if (!existsSync(modelPath)) write(modelPath, model);
  const examplesPath = storedExamples(folder, capsule);
  if (!existsSync(examplesPath)) write(examplesPath, fldOf(examples, model));
}

/** The examples as one data set: features in one dimension, one client. */
function fldOf(examples: Examples, model: Uint8Array): Uint8Array {
  const { count, features: featureCount, signed, classes } = examples;
  const features = new Uint8Array(count * featureCount);
  const labels = Uint8Array.from({ length: count }, (_, i) =>
    examples.read(i, features.subarray(i * featureCount, (i + 1) * featureCount)),
  );
  const { exp: inputExp } = decodeModel(model).head.description.input;
  const set = { count, shape: [featureCount], featureCount, signed, inputExp, classes, features, labels };
  return formatFld({ ...set, clients: new Uint16Array(count), clientCount: 1 });
}

/** The name that a plan gives a model with this SHA-256. */
export function modelHashOf(sha: string): string {
  return hashFromBytes(Buffer.from(sha, 'hex'));
}
