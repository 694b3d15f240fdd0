import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SyntheticExamples } from '../../../firmware/data/synthetic.js';
import { Classifier } from '../../../firmware/trainer/classify.js';
import { evaluate } from '../../../firmware/trainer/evaluate.js';
import { initialModel } from '../../../shared/model/initial.js';
import { sourceOf } from '../../../shared/model/model.js';
import { recipeOf } from '../../../shared/model/recipe.js';
import { planTraining } from '../../../shared/model/training.js';
import { network } from '../../shared/model/descriptions.js';

const test = suite('classify');

const EXAMPLES = new SyntheticExamples(150, 64, 10, 5);
const MODEL = initialModel(network(64, 20, 12, 10), 3);
const SOURCE = sourceOf(MODEL);

function drain<T>(run: Generator<number, T>, most = Number.POSITIVE_INFINITY): T {
  for (;;) {
    const { done, value } = run.next();
    if (done === true) return value;
    assert.ok(value <= most, `${value} in a slice`);
  }
}

for (const density of [0.1, 1]) {
  test(`one example after the other gets the class that an evaluation sees (density ${density})`, () => {
    const { layers } = planTraining(recipeOf('sparrow', density), MODEL.head.layout, 1);
    const classifier = new Classifier(SOURCE, layers, 500);
    drain(classifier.load(SOURCE));
    const features = new Uint8Array(64);
    let correct = 0;
    for (let i = 0; i < EXAMPLES.count; i++) {
      const truth = EXAMPLES.read(i, features);
      const { label, percent } = drain(classifier.classify(features), 2000);
      assert.ok(percent >= 10 && percent <= 100, `${percent} %`); // the largest of ten
      if (label === truth) correct++;
    }
    assert.is(correct, drain(evaluate(SOURCE, layers, EXAMPLES, 8, 500)).correct);
  });
}

test('features of another size are refused', () => {
  const { layers } = planTraining(recipeOf('dense', 1), MODEL.head.layout, 1);
  const classifier = new Classifier(SOURCE, layers, 500);
  assert.throws(() => drain(classifier.classify(new Uint8Array(63))), /63 features, expected 64/);
});

test.run();
