/**
 * What the board's model makes of what its sensor sees, between two rounds: a line for a person when it changes, and a
 * message. The model is loaded for the first window and stays in memory until a round needs it. A window that
 * comes while the one before is still at work is passed over.
 * @module
 */
import { encodePrediction } from '../../shared/protocol/prediction.js';
import { deviceTopic } from '../../shared/protocol/topics.js';
import type { OwnExamples } from '../data/own.js';
import { featuresOf } from '../data/windows.js';
import type { Ports } from '../ports/ports.js';
import { type Classified, Classifier } from '../trainer/classify.js';
import type { LastModel, SharedLink } from './companion.js';
import { reasonOf } from './guard.js';
import { Slices } from './slices.js';

/** Changes are told at once, but not more often; what stays the same is told now and again. */
const SOONEST_MS = 1_000;
const LATEST_MS = 5_000;

export class Predictor {
  readonly #ports: Ports;
  readonly #examples: OwnExamples;
  readonly #sliceMacs: number;
  #model: LastModel | undefined; // that the classifier has
  #classifier: Classifier | undefined;
  #features: Uint8Array | undefined;
  #work: Slices<Classified> | undefined;
  #windows = 0; // looked at
  #told: number | undefined; // label
  #toldMs = 0;

  constructor(ports: Ports, examples: OwnExamples, sliceMacs: number) {
    this.#ports = ports;
    this.#examples = examples;
    this.#sliceMacs = sliceMacs;
  }

  /** Begins with a window, when the one before is done. @param window raw; copied */
  look(window: Int16Array, model: LastModel | undefined, link: SharedLink | undefined): void {
    const { normals } = this.#examples;
    if (model === undefined || normals === undefined || this.#work !== undefined) return;
    if (model.plan.windows !== normals.crc) return;
    this.#features ??= new Uint8Array(window.length);
    featuresOf(window, normals.normals, this.#features);
    this.#work = new Slices(this.#ports.clock, this.#classify(model, this.#features), this.#sliceMacs, {
      onDone: (classified) => {
        this.#work = undefined;
        this.#windows += 1;
        this.#tell(classified, model, link);
      },
      onFailed: (error) => {
        this.stop();
        this.#classifier = undefined; // half loaded, perhaps
        this.#ports.log.line(`prediction: ${reasonOf(error)}`);
      },
    });
  }

  /** No callback follows. Whoever lets go of it then has its memory back. */
  stop(): void {
    this.#work?.cancel();
    this.#work = undefined;
  }

  *#classify(model: LastModel, features: Uint8Array): Generator<number, Classified> {
    let classifier = this.#classifier;
    if (classifier === undefined || this.#model?.plan !== model.plan) {
      const { layers, method } = model.plan;
      classifier = new Classifier(model.source, layers, this.#sliceMacs, method.power);
      yield* classifier.load(model.source);
      this.#classifier = classifier;
      this.#model = model;
    }
    return yield* classifier.classify(features);
  }

  #tell({ label, percent }: Classified, { plan }: LastModel, link: SharedLink | undefined): void {
    const { clock, log, task, identity } = this.#ports;
    const sinceMs = clock.nowMs() - this.#toldMs;
    const isNews = label !== this.#told;
    if (this.#told !== undefined && sinceMs < (isNews ? SOONEST_MS : LATEST_MS)) return;
    this.#told = label;
    this.#toldMs = clock.nowMs();
    if (isNews) log.line(`sees ${label}, ${percent} %`);
    const prediction = { label, percent, windows: this.#windows, modelHash: plan.modelHash };
    link?.send(deviceTopic('prediction', task, identity.device), encodePrediction(prediction), 0);
  }
}
