/**
 * Deals a training set to clients as a person asked for it: `natural`, `iid`, `dirichlet:0.5`,
 * `shards:2`.
 * @module
 */

import { partitionDirichlet } from '../../shared/data/dirichlet.js';
import { type ExampleSet, Shard } from '../../shared/data/example-set.js';
import { partitionIid, partitionNatural, partitionShards } from '../../shared/data/partition.js';

export interface SplitOptions {
  readonly partition: string;
  readonly clients?: number; // as many as the set's own clients when left out
  readonly seed: number;
}

/** @throws RangeError naming the option, its value and what was expected */
export function split(set: ExampleSet, options: SplitOptions): Shard[] {
  return deal(set, options).map((places) => new Shard(set, places));
}

/** The places in the set that each client gets. @throws RangeError as `split` */
export function deal(set: ExampleSet, { partition, clients, seed }: SplitOptions): Uint32Array[] {
  const [kind, parameter] = partition.split(':');
  const wanted = clients ?? set.clientCount;
  if (kind === 'natural' && parameter === undefined) return partitionNatural(set, { clients, seed });
  if (kind === 'iid' && parameter === undefined) return partitionIid(set, { clients: wanted, seed });
  if (kind === 'dirichlet') {
    return partitionDirichlet(set, { clients: wanted, seed, alpha: Number(parameter) });
  }
  if (kind === 'shards') return partitionShards(set, { clients: wanted, seed, shards: Number(parameter) });
  throw new RangeError(
    `partition ${partition}, expected natural, iid, dirichlet:<alpha> or shards:<per client>`,
  );
}

/** Every example of a set, in order: a test set. */
export function wholeSet(set: ExampleSet): Shard {
  return new Shard(
    set,
    Uint32Array.from({ length: set.count }, (_, place) => place),
  );
}
