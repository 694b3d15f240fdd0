/**
 * Which function belongs to which phase of a round. A place is a function that modules export, or a method
 * of a class that they export; everything that runs while it runs is part of its phase.
 * @module
 */

export const PHASES = [
  'examples',
  'forward',
  'loss',
  'input gradient',
  'errors',
  'activations',
  'norms',
  'weight step',
  're-selection',
  'update',
  'evaluation',
  'start',
] as const;

/** Those that happen once a round. */
const ONCE: readonly string[] = ['start', 'evaluation', 'update'];
export const STEP_PHASES: readonly Phase[] = PHASES.filter((phase) => !ONCE.includes(phase));

export type Phase = (typeof PHASES)[number];

/** In place of a phase: it holds phases. */
export const SCOPE = 'scope';

/** All steps of a round, with what happens before the first. */
export const TRAINING = 'Trainer.train';

export interface Place {
  readonly module: string; // path from the root
  readonly name: string; // `function` or `Class.method`
  readonly phase: Phase | typeof SCOPE;
  readonly parameters?: number; // undefined: a generator
}

/** Of kernels, by their names; the first that fits. One that fits none counts with what is between the phases. */
const KERNELS: readonly (readonly [Phase, RegExp])[] = [
  ['examples', /^interleave|^shuffle$/],
  ['loss', /^softmax/],
  ['re-selection', /^topk|Candidates$|^largestActive$/],
  ['activations', /^keep|^listKept$|^listPositions$/],
  ['norms', /Squares$|Norms$/],
  ['weight step', /Steps?$|^pullWeights$/],
  ['errors', /^largestMagnitude$|^quantizeErrors$/],
  ['input gradient', /Gradient$|^reluMask$|^clear/],
  ['forward', /Forward$/],
];

/** What is no kernel: their own JavaScript counts as well. */
export const MORE_PLACES: readonly Place[] = [
  { module: 'firmware/trainer/trainer.ts', name: TRAINING, phase: SCOPE },
  { module: 'shared/fixed/noise.ts', name: 'fillNoise', phase: 'start', parameters: 3 },
  { module: 'firmware/trainer/network.ts', name: 'Network.setExample', phase: 'examples', parameters: 2 },
  { module: 'firmware/trainer/choice.ts', name: 'WeightChoice.select', phase: 're-selection' },
  { module: 'firmware/trainer/network.ts', name: 'Network.load', phase: 'start' },
  { module: 'firmware/trainer/network.ts', name: 'Network.raise', phase: 'start' },
  { module: 'shared/model/mask.ts', name: 'maskOf', phase: 're-selection' },
  { module: 'firmware/trainer/evaluate.ts', name: 'evaluate', phase: 'evaluation' },
  { module: 'firmware/trainer/uplink.ts', name: 'layerDeltas', phase: 'update' },
  { module: 'shared/model/reference.ts', name: 'largestWeights', phase: 'update' },
  { module: 'shared/protocol/update.ts', name: 'encodeUpdateSlices', phase: 'update' },
];

/** Of a kernel, or undefined. */
export function phaseOfKernel(name: string): Phase | undefined {
  return KERNELS.find(([, pattern]) => pattern.test(name))?.[0];
}
