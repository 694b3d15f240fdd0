import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { TrainingExamples } from '../../../../firmware/trainer/examples.js';
import { Random } from '../../../../shared/fixed/random.js';
import type { ModelDescription } from '../../../../shared/model/description.js';
import { initialModel } from '../../../../shared/model/initial.js';
import type { LayerCounts } from '../../../../shared/model/method.js';
import { type PresetName, type Recipe, recipeOf } from '../../../../shared/model/recipe.js';
import { planTraining, powerOf } from '../../../../shared/model/training.js';
import { activePlaces } from '../../../../tools/experiment/twin/layer.js';
import { type RealModel, realModel } from '../../../../tools/experiment/twin/model.js';
import { crossEntropy, Network } from '../../../../tools/experiment/twin/network.js';
import { Trainer } from '../../../../tools/experiment/twin/trainer.js';
import { randomExamples, TINY } from './models.js';

const test = suite('twin/gradient');

const COUNT = 5;

/** Of the central difference: its error falls with the square, its rounding grows with the inverse. */
const STEP = 1e-5;
const NEAR = 1e-7;

interface Case {
  readonly description: ModelDescription;
  readonly base: RealModel;
  readonly examples: TrainingExamples;
  readonly recipe: Recipe;
  readonly layers: readonly LayerCounts[];
}

function caseOf(
  description: ModelDescription,
  preset: PresetName,
  density: number,
  changes: Partial<Recipe>,
): Case {
  const recipe = recipeOf(preset, density, { batch: COUNT, clip: 0, rate: 1, ...changes });
  const base = realModel(initialModel(description, 5, powerOf(recipe)));
  const random = new Random(9);
  for (const { biases } of base.layers) {
    for (let r = 0; r < biases.length; r++) biases[r] = random.below(100) / 500;
  }
  const { layers } = planTraining(recipe, base.head.layout, 1);
  return { description, base, recipe, layers, examples: randomExamples(description, COUNT, 3) };
}

/** A network with the weights of the base that are active there. */
function networkOf({ base, recipe, layers }: Case): Network {
  const network = new Network(base.head, powerOf(recipe));
  network.load(base, layers);
  network.select();
  return network;
}

/** The mean loss of the examples. */
function lossOf(network: Network, { examples, base }: Case): number {
  network.raise();
  const traces = network.traces();
  const { inputs, classes } = base.head.layout;
  const features = new Uint8Array(inputs);
  let loss = 0;
  for (let i = 0; i < examples.count; i++) {
    const label = examples.read(i, features);
    network.read(traces, features);
    loss += crossEntropy(new Float64Array(classes), network.forward(traces), label);
  }
  return loss / examples.count;
}

/** What one step of rate 1 takes from every parameter: the gradient. */
function stepOf({ base, recipe, layers, examples }: Case): RealModel {
  const network = new Network(base.head, powerOf(recipe));
  const { method } = planTraining(recipe, base.head.layout, 1);
  new Trainer(network, { method, layers, seed: 1 }, examples).train(base);
  const after = network.parameters();
  const less = (a: Float64Array, b: Float64Array) => a.map((x, i) => x - b[i]);
  return {
    head: base.head,
    layers: base.layers.map(({ weights, biases }, i) => ({
      weights: less(weights, after[i].weights),
      biases: less(biases, after[i].biases),
    })),
  };
}

interface Distance {
  readonly off: number; // norm of the difference to the central differences
  readonly norm: number; // of those
}

/** Of each layer. @param isCounted which weights are compared */
function distances(each: Case, isCounted: (layer: number, i: number) => boolean = () => true): Distance[] {
  const gradient = stepOf(each).layers;
  const network = networkOf(each);
  return network.layers.map(({ numbers, biases }, index) => {
    let off = 0;
    let norm = 0;
    const compare = (values: Float64Array, i: number, found: number) => {
      const before = values[i];
      values[i] = before + STEP;
      const up = lossOf(network, each);
      values[i] = before - STEP;
      const numeric = (up - lossOf(network, each)) / (2 * STEP);
      values[i] = before;
      off += (found - numeric) ** 2;
      norm += numeric ** 2;
    };
    for (let i = 0; i < numbers.length; i++) {
      if (isCounted(index, i)) compare(numbers, i, gradient[index].weights[i]);
    }
    for (let r = 0; r < biases.length; r++) compare(biases, r, gradient[index].biases[r]);
    return { off: Math.sqrt(off), norm: Math.sqrt(norm) };
  });
}

for (const description of TINY) {
  const { name } = description;

  test(`${name}: the gradient of every parameter is the central difference of the loss`, () => {
    for (const power of [1, 1.25, 2]) {
      for (const { off, norm } of distances(caseOf(description, 'dense', 1, { power }))) {
        assert.ok(norm > 0.01, `gradient of ${norm}`);
        assert.ok(off < NEAR * norm, `power ${power}: ${off / norm} of the gradient's norm`);
      }
    }
  });

  test(`${name}: so is that of the active weights of a sparse network`, () => {
    const each = caseOf(description, 'swat', 0.5, { activations: 'all' });
    const active = networkOf(each).layers.map((twin) => new Set(activePlaces(twin)));
    for (const [index, { off, norm }] of distances(each, (layer, i) => active[layer].has(i)).entries()) {
      assert.is(active[index].size, each.layers[index].active);
      assert.ok(norm > 0.001, `gradient of ${norm}`);
      assert.ok(off < NEAR * norm, `${off / norm} of the gradient's norm`);
    }
  });
}

test('a gradient is scaled down to the bound of clipping, and not changed below it', () => {
  for (const description of TINY) {
    const free = stepOf(caseOf(description, 'dense', 1, {}));
    const loose = stepOf(caseOf(description, 'dense', 1, { clip: 4000 }));
    const tight = stepOf(caseOf(description, 'dense', 1, { clip: 0.25 }));
    for (const [i, { weights }] of free.layers.entries()) {
      const norm = (values: Float64Array) => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0));
      assert.ok(norm(loose.layers[i].weights.map((x, k) => x - weights[k])) === 0);
      const scale = norm(tight.layers[i].weights) / norm(weights);
      assert.ok(scale < 0.9);
      if (description.name === 'dense') assert.ok(norm(tight.layers[i].weights) <= 0.25); // a true bound there
      const turned = tight.layers[i].weights.map((x, k) => x - scale * weights[k]);
      assert.ok(norm(turned) < 1e-9 * norm(weights) + 1e-12, 'its direction stays');
    }
  }
});

test.run();
