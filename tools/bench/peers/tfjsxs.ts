/**
 * TensorFlow.js, its own JavaScript backend, on XS: its bundle sets the global `tf` before this one runs. A
 * network of variables, as its guide has it: gradients by its tape, SGD at batch 1.
 * @module
 */
import { CLASSES, fractions, HIDDEN, INPUTS, runSteps } from './step.js';

/** The part of its interface that is used. */
interface Tensor {
  dataSync(): Float32Array;
}
interface TensorFlow {
  env(): { setPlatform(name: string, platform: object): void };
  setBackend(name: string): void;
  tensor2d(values: Float32Array, shape: readonly number[]): Tensor;
  zeros(shape: readonly number[]): Tensor;
  variable(initial: Tensor): Tensor;
  tidy<T>(work: () => T): T;
  add(a: Tensor, b: Tensor): Tensor;
  matMul(a: Tensor, b: Tensor): Tensor;
  relu(x: Tensor): Tensor;
  readonly losses: { softmaxCrossEntropy(labels: Tensor, logits: Tensor): Tensor };
  readonly train: { sgd(rate: number): { minimize(loss: () => Tensor, returnCost: true): Tensor } };
}

const RATE = 0.02;

export function run(): Uint8Array {
  const { tf } = globalThis as unknown as { tf: TensorFlow };
  tf.env().setPlatform('xs', { isTypedArray: ArrayBuffer.isView, now: () => 0 });
  tf.setBackend('cpu');
  const random = fractions();
  const some = (rows: number, cols: number) => {
    const values = Float32Array.from({ length: rows * cols }, () => (2 * random() - 1) / Math.sqrt(rows));
    return tf.variable(tf.tensor2d(values, [rows, cols]));
  };
  const weights1 = some(INPUTS, HIDDEN);
  const weights2 = some(HIDDEN, CLASSES);
  const biases1 = tf.variable(tf.zeros([HIDDEN]));
  const biases2 = tf.variable(tf.zeros([CLASSES]));
  const optimizer = tf.train.sgd(RATE);
  return runSteps((x, label) =>
    tf.tidy(() => {
      const inputs = tf.tensor2d(x, [1, INPUTS]);
      const target = Float32Array.from({ length: CLASSES }, (_, i) => (i === label ? 1 : 0));
      const labels = tf.tensor2d(target, [1, CLASSES]);
      const loss = () => {
        const hidden = tf.relu(tf.add(tf.matMul(inputs, weights1), biases1));
        return tf.losses.softmaxCrossEntropy(labels, tf.add(tf.matMul(hidden, weights2), biases2));
      };
      return optimizer.minimize(loss, true).dataSync()[0];
    }),
  );
}
