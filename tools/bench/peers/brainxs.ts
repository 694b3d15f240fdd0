/**
 * brain.js on XS: its bundle for browsers runs before this one. ReLU everywhere, since it has no softmax; its
 * error is the sum of squares.
 * @module
 */
import { CLASSES, fractions, HIDDEN, INPUTS, runSteps } from './step.js';

/** The part of its interface that is used. */
interface BrainNetwork {
  initialize(): void;
  trainPattern(value: { input: Float32Array; output: Float32Array }, logErrorRate: boolean): number;
}

interface Brain {
  NeuralNetwork: new (options: object) => BrainNetwork & { sizes: number[] };
}

/** It refuses a momentum of 0. */
const OPTIONS = { hiddenLayers: [HIDDEN], activation: 'relu', learningRate: 0.01, momentum: 0.1 };

export function run(): Uint8Array {
  const { brain } = globalThis as unknown as { brain: Brain };
  Math.random = fractions(); // its first weights
  const network = new brain.NeuralNetwork(OPTIONS);
  network.sizes = [INPUTS, HIDDEN, CLASSES];
  network.initialize();
  const targets = Array.from({ length: CLASSES }, (_, label) =>
    Float32Array.from({ length: CLASSES }, (_, i) => (i === label ? 1 : 0)),
  );
  return runSteps((x, label) => network.trainPattern({ input: x, output: targets[label] }, true));
}
