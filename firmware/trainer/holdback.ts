/**
 * Two views of a board's examples: those to train on and those held back for evaluation, the last
 * of every so many. Both know only places, so a shard stays in flash.
 * @module
 */
import type { TrainingExamples } from './examples.js';

/** @param every 0 = none is held back */
export function trainingPart(examples: TrainingExamples, every: number): TrainingExamples {
  if (every === 0) return examples;
  const kept = every - 1; // of each group
  return {
    count: examples.count - Math.floor(examples.count / every),
    read: (index, out) => examples.read(Math.floor(index / kept) * every + (index % kept), out),
  };
}

/** @param every 0 = none is held back */
export function heldBackPart(examples: TrainingExamples, every: number): TrainingExamples {
  return {
    count: every === 0 ? 0 : Math.floor(examples.count / every),
    read: (index, out) => examples.read((index + 1) * every - 1, out),
  };
}
