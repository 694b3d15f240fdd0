import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { evaluateModel } from '../../broker/evaluation/evaluation.js';
import { SyntheticExamples } from '../../firmware/data/synthetic.js';
import { type EvaluationResult, evaluate } from '../../firmware/trainer/evaluate.js';
import { TOPK_STATE } from '../../shared/masks/count.js';
import { selectTopk } from '../../shared/masks/topk.js';
import { initialModel } from '../../shared/model/initial.js';
import type { LayerCounts } from '../../shared/model/method.js';
import { type Model, sourceOf } from '../../shared/model/model.js';
import { recipeOf } from '../../shared/model/recipe.js';
import { planTraining } from '../../shared/model/training.js';
import { network } from '../shared/model/descriptions.js';

const test = suite('evaluation');

const description = network(64, 20, 12, 10);
const examples = new SyntheticExamples(203, 64, 10, 5);

function countsOf(model: Model, density: number): LayerCounts[] {
  return planTraining(recipeOf('sparrow', density), model.head.layout, 1).layers;
}

function drain(run: Generator<number, EvaluationResult>): EvaluationResult {
  for (;;) {
    const step = run.next();
    if (step.done) return step.value;
  }
}

/** The classes that a model gives, in floats: its integers with their exponents, activations rounded. */
function floatClass({ head, parameters }: Model, x: Uint8Array): number {
  let values = [...x];
  let exp = head.description.input.exp;
  for (const { index, isLast, inputs, weights, biases } of head.layout.layers) {
    const w = new Int16Array(parameters, weights.offset, weights.length);
    const b = new Int32Array(parameters, biases.offset, biases.length);
    const { weightExp, outputExp } = head.exponents[index];
    const sums = [...b].map((bias, r) => values.reduce((sum, v, c) => sum + w[r * inputs + c] * v, bias));
    if (isLast) return sums.indexOf(Math.max(...sums));
    values = sums.map((s) => Math.min(255, Math.round(Math.max(0, s) * 2 ** (weightExp + exp - outputExp))));
    exp = outputExp;
  }
  return -1;
}

/** The model with every weight at 0 that is not among the active ones. */
function pruned(model: Model, counts: readonly LayerCounts[]): Model {
  const parameters = model.parameters.slice(0);
  for (const { index, weights } of model.head.layout.layers) {
    const values = new Int16Array(parameters, weights.offset, weights.length);
    const kept = new Uint32Array(counts[index].active);
    selectTopk(kept, new Int32Array(TOPK_STATE), values, 0, values.length, kept.length);
    const isKept = new Set(kept);
    values.forEach((_, i) => {
      if (!isKept.has(i)) values[i] = 0;
    });
  }
  return { head: model.head, parameters };
}

test('it counts what the same network in floats gets right', () => {
  const x = new Uint8Array(64);
  for (let seed = 1; seed <= 5; seed++) {
    const model = initialModel(description, seed);
    let correct = 0;
    for (let i = 0; i < examples.count; i++) {
      const label = examples.read(i, x);
      if (floatClass(model, x) === label) correct++;
    }
    const result = evaluateModel(model, countsOf(model, 1), examples);
    assert.equal([result.count, result.correct], [203, correct]);
  }
});

test('a sparse evaluation is the dense one of the pruned model', () => {
  const model = initialModel(description, 3);
  for (const density of [0.05, 0.3, 0.9]) {
    const counts = countsOf(model, density);
    const sparse = evaluateModel(model, counts, examples);
    assert.equal(sparse, evaluateModel(pruned(model, counts), countsOf(model, 1), examples));
  }
  assert.not.equal(
    evaluateModel(model, countsOf(model, 0.05), examples),
    evaluateModel(model, countsOf(model, 1), examples),
  );
});

test('neither batch nor slice changes a result, on the server or on a board', () => {
  const model = initialModel(description, 4);
  const counts = countsOf(model, 0.2);
  const whole = evaluateModel(model, counts, examples);
  for (let batch = 1; batch <= 16; batch++) {
    for (const slice of [1, 999]) {
      assert.equal(drain(evaluate(sourceOf(model), counts, examples, batch, slice)), whole, `batch ${batch}`);
    }
  }
});

test('an evaluation leaves the model alone, and of no examples counts nothing', () => {
  const model = initialModel(description, 4);
  const before = Buffer.from(model.parameters.slice(0));
  const none = evaluateModel(model, countsOf(model, 0.2), new SyntheticExamples(0, 64, 10, 1));
  assert.equal(none, { count: 0, correct: 0, lossOctaves: 0 });
  assert.ok(before.equals(Buffer.from(model.parameters)));
});

test.run();
