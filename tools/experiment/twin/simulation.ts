/**
 * The float64 twin of a simulated federation: the same graph, method, clients, examples, order and first
 * weights as tools/experiment/simulation.ts, in real numbers. Nothing is rounded, nothing saturates, and
 * nothing is sent: it knows no wire, so its bytes are 0, and it does not count multiply-accumulates.
 *
 * What the plan says in integers (counts, the rate of each round, the bound of clipping) holds here, too:
 * it is part of the method.
 * @module
 */
import { roundSeed } from '../../../firmware/federation/localround.js';
import type { TrainingExamples } from '../../../firmware/trainer/examples.js';
import { trainingPart } from '../../../firmware/trainer/holdback.js';
import { initialModel } from '../../../shared/model/initial.js';
import type { LayerCounts } from '../../../shared/model/method.js';
import { planTraining, powerOf, testedWith } from '../../../shared/model/training.js';
import { MAX_EXAMPLE_WEIGHT } from '../../../shared/protocol/update.js';
import {
  deviceOf,
  type Federation,
  type RoundOutcome,
  type RoundsResult,
  runRounds,
  type SimulatedRound,
  type SimulationSettings,
} from '../rounds.js';
import { masksOf } from './mask.js';
import { Merge } from './merge.js';
import { nonzeroModel, type RealModel, realModel } from './model.js';
import { largestClass, Network } from './network.js';
import { freshState, nextModel, type RealState } from './optimizer.js';
import { Trainer } from './trainer.js';
import { deltasOf } from './uplink.js';

export interface TwinResult extends RoundsResult {
  readonly model: RealModel;
}

/**
 * Runs all rounds; yields each as it ends.
 * @throws RangeError for settings that do not fit the shards
 */
export function* simulateTwin(settings: SimulationSettings): Generator<SimulatedRound, TwinResult> {
  const federation = new RealFederation(settings);
  const result = yield* runRounds(settings, federation);
  return { ...result, model: federation.model };
}

class RealFederation implements Federation {
  readonly #settings: SimulationSettings;
  readonly #network: Network;
  readonly #state: RealState;
  #model: RealModel;
  #layers: readonly LayerCounts[] = []; // of the last round's plan

  constructor(settings: SimulationSettings) {
    const { description, recipe, seed } = settings;
    this.#settings = settings;
    this.#model = realModel(initialModel(description, seed, powerOf(recipe)));
    this.#network = new Network(this.#model.head, powerOf(recipe));
    this.#state = freshState(this.#model);
  }

  get model(): RealModel {
    return this.#model;
  }

  train(round: number, clients: readonly number[]): RoundOutcome {
    const { shards, recipe, seed } = this.#settings;
    const base = this.#model;
    const network = this.#network;
    const { method, layers } = planTraining(recipe, base.head.layout, round, nonzeroModel(base));
    const masks =
      method.uplink === 'mask' ? masksOf(base, { method, layers, taskSeed: seed, round }) : undefined;
    const merge = new Merge(base, method);
    let examples = 0;
    let loss = 0;
    for (const client of clients) {
      const kept = trainingPart(shards[client], method.holdBackEvery);
      const weight = Math.min(kept.count, MAX_EXAMPLE_WEIGHT);
      const clientSeed = roundSeed({ taskSeed: seed, round, attempt: 1 }, deviceOf(client));
      const trainer = new Trainer(network, { method, layers, seed: clientSeed, masks }, kept);
      loss += (trainer.train(base) * weight) / (kept.count * method.epochs);
      merge.add(deltasOf(network.layers, base, layers, method), weight);
      examples += weight;
    }
    this.#model = nextModel(base, merge.changes(), method.optimizer, this.#state);
    merge.keepMask(this.#model);
    this.#layers = layers;
    return {
      loss: loss / examples,
      ...{ updateBytes: 0, bytesUp: 0, bytesDown: 0, macs: 0, macsPerExample: 0 },
      active: layers.map((layer) => layer.active),
    };
  }

  correct(examples: TrainingExamples): number {
    const { recipe } = this.#settings;
    const network = this.#network;
    const { inputs } = this.#model.head.layout;
    const features = new Uint8Array(inputs);
    const traces = network.traces();
    network.load(this.#model, testedWith(recipe, this.#layers, nonzeroModel(this.#model)));
    network.select();
    let correct = 0;
    for (let i = 0; i < examples.count; i++) {
      const label = examples.read(i, features);
      network.read(traces, features);
      if (largestClass(network.forward(traces)) === label) correct++;
    }
    return correct;
  }
}
