/**
 * The plainest trainer in JavaScript numbers that one would write, over Float32Arrays: dense, biases, ReLU,
 * softmax cross-entropy, SGD at batch 1. It passes over nothing.
 * @module
 */

export class FloatTrainer {
  readonly #inputs: number;
  readonly #hidden: number;
  readonly #classes: number;
  readonly #weights1: Float32Array; // [hidden × inputs]
  readonly #biases1: Float32Array;
  readonly #weights2: Float32Array; // [classes × hidden]
  readonly #biases2: Float32Array;
  readonly #activations: Float32Array; // [hidden]
  readonly #errors1: Float32Array; // [hidden]
  readonly #errors2: Float32Array; // [classes], probabilities at first

  /** @param random 0 to below 1 */
  constructor(inputs: number, hidden: number, classes: number, random: () => number) {
    this.#inputs = inputs;
    this.#hidden = hidden;
    this.#classes = classes;
    const some = (length: number, most: number) =>
      Float32Array.from({ length }, () => most * (2 * random() - 1));
    this.#weights1 = some(hidden * inputs, 1 / Math.sqrt(inputs));
    this.#biases1 = new Float32Array(hidden);
    this.#weights2 = some(classes * hidden, 1 / Math.sqrt(hidden));
    this.#biases2 = new Float32Array(classes);
    this.#activations = new Float32Array(hidden);
    this.#errors1 = new Float32Array(hidden);
    this.#errors2 = new Float32Array(classes);
  }

  /** One step. @returns the loss before it */
  step(x: Float32Array, label: number, rate: number): number {
    const loss = this.#forward(x, label);
    this.#backward(label);
    this.#update(x, rate);
    return loss;
  }

  #forward(x: Float32Array, label: number): number {
    const weights1 = this.#weights1;
    const weights2 = this.#weights2;
    const activations = this.#activations;
    const errors2 = this.#errors2;
    const inputs = this.#inputs;
    const hidden = this.#hidden;
    const classes = this.#classes;
    for (let r = 0; r < hidden; r++) {
      let sum = this.#biases1[r];
      for (let c = 0, w = r * inputs; c < inputs; c++, w++) sum += weights1[w] * x[c];
      activations[r] = sum > 0 ? sum : 0;
    }
    let most = Number.NEGATIVE_INFINITY;
    for (let r = 0; r < classes; r++) {
      let sum = this.#biases2[r];
      for (let c = 0, w = r * hidden; c < hidden; c++, w++) sum += weights2[w] * activations[c];
      errors2[r] = sum;
      if (sum > most) most = sum;
    }
    let all = 0;
    for (let r = 0; r < classes; r++) all += errors2[r] = Math.exp(errors2[r] - most);
    for (let r = 0; r < classes; r++) errors2[r] /= all;
    return -Math.log(errors2[label]);
  }

  #backward(label: number): void {
    const weights2 = this.#weights2;
    const errors2 = this.#errors2;
    const hidden = this.#hidden;
    const classes = this.#classes;
    errors2[label] -= 1;
    for (let c = 0; c < hidden; c++) {
      let sum = 0;
      for (let r = 0; r < classes; r++) sum += weights2[r * hidden + c] * errors2[r];
      this.#errors1[c] = this.#activations[c] > 0 ? sum : 0;
    }
  }

  #update(x: Float32Array, rate: number): void {
    stepLayer(this.#weights2, this.#biases2, this.#errors2, this.#activations, rate);
    stepLayer(this.#weights1, this.#biases1, this.#errors1, x, rate);
  }
}

function stepLayer(
  weights: Float32Array,
  biases: Float32Array,
  errors: Float32Array,
  inputs: Float32Array,
  rate: number,
): void {
  const rows = errors.length;
  const cols = inputs.length;
  for (let r = 0; r < rows; r++) {
    const g = rate * errors[r];
    for (let c = 0, w = r * cols; c < cols; c++, w++) weights[w] -= g * inputs[c];
    biases[r] -= g;
  }
}
