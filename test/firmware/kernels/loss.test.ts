import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as kernels from '../../../firmware/kernels/loss.js';
import * as naive from '../../../firmware/kernels/naive/loss.js';
import { Random } from '../../../shared/fixed/random.js';
import { checkTwin, filled } from './twin.js';

const test = suite('kernels/loss');

/** Logits of one batch: of a trained net, at the ends of int32, or all equal. */
function logitSpecs(random: Random, classes: number, lanes: number, shift: number) {
  const most = random.below(3) === 0 ? 2147483647 - (1 << 23) : 2 ** Math.min(30, shift + 14);
  return {
    logits: { type: 'i32', values: filled(random, classes * lanes, -most, most), out: true },
  } as const;
}

test('softmaxCrossEntropy equals its twin: gradient and loss', () => {
  const random = new Random(1);
  for (let lanes = 1; lanes <= 16; lanes++) {
    for (let trial = 0; trial < 60; trial++) {
      const classes = trial % 20 === 0 ? 255 : 1 + random.below(20);
      const shift = random.below(25);
      const label = random.below(classes);
      const lane = random.below(lanes);
      checkTwin(
        random,
        logitSpecs(random, classes, lanes, shift),
        ({ i32, at }) => kernels.softmaxCrossEntropy(i32, at.logits, shift, label, classes, lanes, lane),
        ({ i32, at }) => naive.softmaxCrossEntropy(i32, at.logits, shift, label, classes, lanes, lane),
        `${classes} classes, ${lanes} lanes, trial ${trial}`,
      );
    }
  }
});

test('softmaxCrossEntropies is the same for each example, in any pieces', () => {
  const random = new Random(4);
  for (let trial = 0; trial < 60; trial++) {
    const lanes = 1 + random.below(16);
    const classes = 1 + random.below(20);
    const shift = random.below(25);
    const cut = random.below(lanes + 1);
    const labels = { type: 'u8', values: filled(random, lanes, 0, classes - 1) } as const;
    checkTwin(
      random,
      { ...logitSpecs(random, classes, lanes, shift), labels },
      ({ i32, u8, at }) => {
        const of = (from: number, to: number) =>
          // biome-ignore format: arguments in groups
          kernels.softmaxCrossEntropies(
            i32, at.logits, u8, at.labels, shift, classes, lanes, from, to,
          );
        return of(0, cut) + of(cut, lanes);
      },
      ({ i32, u8, at }) => {
        let sum = 0;
        for (let lane = 0; lane < lanes; lane++) {
          const label = u8[at.labels + lane];
          sum += naive.softmaxCrossEntropy(i32, at.logits, shift, label, classes, lanes, lane);
        }
        return sum;
      },
      `${classes} classes, ${lanes} lanes, trial ${trial}`,
    );
  }
});

test('largestLogit equals its twin, ties to the lower class', () => {
  const random = new Random(2);
  for (let trial = 0; trial < 500; trial++) {
    const classes = 1 + random.below(20);
    const lanes = 1 + random.below(16);
    const lane = random.below(lanes);
    checkTwin(
      random,
      logitSpecs(random, classes, lanes, random.below(3)),
      ({ i32, at }) => kernels.largestLogit(i32, at.logits, classes, lanes, lane),
      ({ i32, at }) => naive.largestLogit(i32, at.logits, classes, lanes, lane),
      `trial ${trial}`,
    );
  }
  assert.is(kernels.largestLogit(Int32Array.of(4, 9, 9, -9), 0, 4, 1, 0), 1);
});

test('the gradient is the float softmax less the target to 2^-11, the loss to 2^-9', () => {
  const random = new Random(3);
  let worst = 0;
  let worstLoss = 0;
  for (let trial = 0; trial < 2000; trial++) {
    const classes = 2 + random.below(11);
    const label = random.below(classes);
    const logits = Int32Array.from({ length: classes }, () => random.below(16384) - 8192); // ±8 nats
    const nats = [...logits].map((z) => z / 1024);
    const total = nats.reduce((sum, z) => sum + Math.exp(z), 0);
    const octaves = kernels.softmaxCrossEntropy(logits, 0, 0, label, classes, 1, 0);
    nats.forEach((z, c) => {
      const exact = Math.exp(z) / total - (c === label ? 1 : 0);
      worst = Math.max(worst, Math.abs(logits[c] / 2 ** kernels.GRADIENT_BITS - exact));
    });
    const loss = Math.log(total) - nats[label];
    worstLoss = Math.max(worstLoss, Math.abs((octaves / 1024) * Math.LN2 - loss));
  }
  assert.ok(worst < 2 ** -11, `gradient off by ${worst}`);
  assert.ok(worstLoss < 2 ** -9, `loss off by ${worstLoss} nats`);
});

test('a hopeless example has the largest gradient and a bounded loss', () => {
  const logits = Int32Array.of(2_000_000_000, -2_000_000_000, 0);
  const loss = kernels.softmaxCrossEntropy(logits, 0, 0, 1, 3, 1, 0);
  assert.equal([...logits], [32768, -32768, 0]);
  assert.ok(loss > 40_000 && loss < 1 << 20);
});

test.run();
