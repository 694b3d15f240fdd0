/**
 * A look at every weight step before it is made, by a module in the place of the trainer's own.
 * @module
 */
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import { ROOT } from '../../kernels-to-c/modules.js';
import { swapModules } from '../../kernels-to-c/swap.js';

const MODULE = 'firmware/trainer/weightstep.ts';

/** For a bundle: its program sets the global `beforeWeightStep`, see StepHook. */
export function hookWeightSteps(): Plugin {
  return swapModules([MODULE], (path) => {
    const file = JSON.stringify(join(ROOT, path));
    return `import { weightStages as stages } from ${file};
export * from ${file};
export function weightStages(places, choice) {
  const [biases, weights, ...more] = stages(places, choice);
  const run = (batch, ...rest) => {
    if (rest[1] === 0) beforeWeightStep(batch, places);
    weights.run(batch, ...rest);
  };
  return [biases, { ...weights, run }, ...more];
}`;
  });
}
