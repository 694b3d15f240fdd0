/**
 * What a client can be doing, and what it says of that to the server.
 * @module
 */
import type { Plan } from '../../shared/protocol/plan.js';
import type { DeviceState } from '../../shared/protocol/status.js';
import { isCounted, type VerdictKind } from '../../shared/protocol/verdict.js';
import type { Fetch } from './fetch.js';
import type { LocalResult } from './localround.js';
import type { Cost, Slices } from './slices.js';

export type ClientState =
  /** looks at its flash, then connects for the first time */
  | { readonly kind: 'joining' }
  /** no plan yet, or not asked */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'downloading'; readonly plan: Plan; readonly fetch: Fetch }
  | { readonly kind: 'training'; readonly plan: Plan; readonly slices: Slices<LocalResult> }
  /** has an update that the server has not judged */
  | { readonly kind: 'reporting'; readonly plan: Plan; readonly result: LocalResult; readonly cost?: Cost }
  /** nothing more to do under this plan */
  | { readonly kind: 'done'; readonly plan: Plan; readonly outcome: VerdictKind | 'failed' }
  | { readonly kind: 'stopped' };

/** The plan that it works under. */
export function planOf(state: ClientState): Plan | undefined {
  return 'plan' in state ? state.plan : undefined;
}

/** Whether both ask for the same update. A new federation counts from 1 again, with the same seed and model perhaps. */
export function isSameWork(a: Plan | undefined, b: Plan): boolean {
  return (
    a !== undefined &&
    a.federation === b.federation &&
    a.round === b.round &&
    a.attempt === b.attempt &&
    a.modelHash === b.modelHash
  );
}

export function deviceStateOf(state: ClientState): DeviceState {
  switch (state.kind) {
    case 'joining':
    case 'downloading':
      return 'joining';
    case 'training':
    case 'reporting':
      return 'training';
    case 'done':
      return state.outcome !== 'failed' && isCounted(state.outcome) ? 'done' : 'ready';
    case 'waiting':
      return 'ready';
    case 'stopped':
      return 'gone';
  }
}
