/**
 * Which part of a training step a kernel belongs to.
 * @module
 */

/** In this order; the first whose pattern is in the kernel's name. */
const PHASES: readonly (readonly [phase: string, pattern: RegExp])[] = [
  ['loss', /softmax|largestLogit/],
  ['choice of weights', /topk|listActive|raiseWeights/],
  ['choice of inputs', /keepLargest|listKept|listPositions/],
  ['norms', /Squares/],
  ['weight step', /WeightStep|biasStep|carrySteps|pullWeights/],
  ['input gradient', /Gradient|reluMask|largestMagnitude|quantizeErrors/],
  ['forward', /Forward|setExample|interleave/],
];

/** `other` for a kernel that no phase knows. */
export function phaseOf(kernel: string): string {
  return PHASES.find(([, pattern]) => pattern.test(kernel))?.[0] ?? 'other';
}

/** Sums by phase. */
export function byPhase(kernels: ReadonlyMap<string, number>): Map<string, number> {
  const phases = new Map<string, number>();
  for (const [kernel, n] of kernels) {
    const phase = phaseOf(kernel);
    phases.set(phase, (phases.get(phase) ?? 0) + n);
  }
  return phases;
}
