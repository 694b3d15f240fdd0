/**
 * One attempt at a round: who has reported, what a late or strange update is told, whether it is over.
 * State only. It knows no MQTT, clock or disk and keeps no weights: the coordinator hands each
 * accepted update straight to the aggregation.
 * Source: Bonawitz et al. 2019, "Towards federated learning at scale", section 2.2 (reporting).
 * @module
 */
import { isInCohort } from '../../shared/protocol/cohort.js';
import { deviceHash } from '../../shared/protocol/device.js';
import type { Plan } from '../../shared/protocol/plan.js';
import type { Update, UpdateHead } from '../../shared/protocol/update.js';
import type { VerdictKind } from '../../shared/protocol/verdict.js';

export interface RoundTerms {
  readonly plan: Plan;
  readonly goal: number; // reports that end the round, 1 and above
  readonly minimum: number; // reports without which the deadline abandons it, 1 to goal
}

export class Round {
  readonly plan: Plan;
  readonly goal: number;
  readonly minimum: number;
  readonly #reported = new Set<string>();
  #state: 'open' | 'closed' = 'open';

  /** @throws RangeError unless 1 ≤ minimum ≤ goal */
  constructor({ plan, goal, minimum }: RoundTerms) {
    if (!(goal >= 1)) throw new RangeError(`goal ${goal}, expected 1 or more`);
    if (!(minimum >= 1 && minimum <= goal)) throw new RangeError(`minimum ${minimum}, expected 1 to ${goal}`);
    this.plan = plan;
    this.goal = goal;
    this.minimum = minimum;
  }

  get reported(): number {
    return this.#reported.size;
  }

  get isClosed(): boolean {
    return this.#state === 'closed';
  }

  /** The goal is reached. A full round takes no more, so that the accepted set has exactly its size. */
  get isFull(): boolean {
    return this.#reported.size >= this.goal;
  }

  /**
   * Judges the head of an update that came over the connection of `device`; counts nothing.
   * What it says first is what the device can least help: a round that has passed comes before
   * everything, and a duplicate stays one after the round has closed.
   */
  judge(device: string, head: UpdateHead): VerdictKind {
    const { plan } = this;
    const hash = deviceHash(device);
    if (head.deviceHash !== hash) return 'wrong device';
    if (head.round !== plan.round) return 'wrong round';
    if (head.attempt !== plan.attempt) return 'wrong attempt';
    if (this.#reported.has(device)) return 'duplicate'; // QoS 1 delivers at least once
    if (!isInCohort(plan.cohort, hash)) return 'not in cohort';
    if (head.baseHash !== plan.modelHash) return 'wrong base model';
    if (this.isClosed || this.isFull) return 'round closed';
    return 'accepted';
  }

  /** Whether an update sends as many weights as the plan says, of each layer or altogether, in its bits. */
  fits({ layers, valueBits }: Pick<Update, 'layers' | 'valueBits'>): boolean {
    const { method, layers: counts } = this.plan;
    if (valueBits !== method.valueBits) return false;
    if (method.uplink === 'global-top-k-weights') {
      const asked = counts.reduce((sum, { sent }) => sum + sent, 0);
      return layers.reduce((sum, { values }) => sum + values.length, 0) === asked;
    }
    return counts.every(({ sent }, i) => layers[i].values.length === sent);
  }

  /** Counts an update that was judged 'accepted'. */
  count(device: string): void {
    this.#reported.add(device);
  }

  /** Goal reached or deadline passed: nothing more is accepted. */
  close(): void {
    this.#state = 'closed';
  }

  /** Of `devices`, those that were asked and have not reported. */
  stragglers(devices: readonly string[]): string[] {
    return devices.filter(
      (device) => isInCohort(this.plan.cohort, deviceHash(device)) && !this.#reported.has(device),
    );
  }
}
