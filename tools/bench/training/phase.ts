/**
 * The cost of kernels in C by the part of a training step that they belong to.
 * @module
 */
import { phaseOfKernel } from '../../xs/bare/phase.js';

/** `other` for a kernel that no phase knows. @param name in C, where a kernel for several types ends in one */
export function phaseOf(name: string): string {
  return phaseOfKernel(name.replace(/_[iu]\d+$/, '')) ?? 'other';
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
