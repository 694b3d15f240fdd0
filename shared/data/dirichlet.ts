/**
 * Deals a set so that each client has its own mix of classes: equal sizes, mix ~ Dirichlet(alpha),
 * the usual model of data that are not alike (LDA). Alpha 1000 is nearly IID, 1 is uneven, 0.1
 * leaves a client little more than one class.
 *
 * This file alone uses floats and `Math.log`: it runs on the host that deals the data, never on a
 * board, and what it returns are places of examples.
 * Source: Hsu et al. 2019, "Measuring the effects of non-identical data distribution", section 3,
 * with the same alpha for every class; gamma variates by Marsaglia & Tsang 2000.
 * @module
 */
import { Random } from '../fixed/random.js';
import type { ExampleSet } from './example-set.js';
import { checkClients, type PartitionOptions, partStart, shuffled } from './partition.js';

/**
 * Every example; sizes differ by at most one. One client after the other draws from the
 * classes that still have some, so the last ones take what is left.
 * @param options.alpha concentration, above 0
 */
export function partitionDirichlet(
  set: ExampleSet,
  { clients, seed, alpha }: PartitionOptions & { readonly alpha: number },
): Uint32Array[] {
  checkClients(clients, set.count, `${set.count} examples`);
  if (!(alpha > 0 && alpha < Infinity)) throw new RangeError(`alpha ${alpha}, expected above 0`);
  const random = new Random(seed);
  const pools = shuffledPools(set, random);
  return Array.from({ length: clients }, (_, i) => {
    const mix = drawMix(set.classes, alpha, random);
    const share = new Uint32Array(partStart(i + 1, set.count, clients) - partStart(i, set.count, clients));
    for (let k = 0; k < share.length; k++) share[k] = pools[drawClass(mix, pools, random)].pop()!;
    return shuffled(share, random);
  });
}

/** The places of each class, in random order. */
function shuffledPools(set: ExampleSet, random: Random): number[][] {
  const pools: number[][] = Array.from({ length: set.classes }, () => []);
  for (const place of shuffled(Uint32Array.from(set.labels.keys()), random)) {
    pools[set.labels[place]].push(place);
  }
  return pools;
}

/** A class that still has examples, by the client's mix; where its mix gives none, by what is left. */
function drawClass(mix: readonly number[], pools: readonly number[][], random: Random): number {
  const total = pools.reduce((sum, pool, c) => sum + (pool.length > 0 ? mix[c] : 0), 0);
  const weights = pools.map((pool, c) => (pool.length === 0 ? 0 : total > 0 ? mix[c] : pool.length));
  let rest = uniform(random) * weights.reduce((sum, weight) => sum + weight, 0);
  let last = 0;
  for (const [c, weight] of weights.entries()) {
    if (weight === 0) continue;
    last = c;
    rest -= weight;
    if (rest < 0) break;
  }
  return last;
}

/** One draw of Dirichlet(alpha, …, alpha), the largest part 1: a small alpha would underflow otherwise. */
function drawMix(classes: number, alpha: number, random: Random): number[] {
  const logs = Array.from({ length: classes }, () => logGamma(alpha, random));
  const most = Math.max(...logs);
  return logs.map((log) => Math.exp(log - most));
}

/** The logarithm of a draw of Gamma(alpha, 1). */
function logGamma(alpha: number, random: Random): number {
  if (alpha < 1) return logGamma(alpha + 1, random) + Math.log(uniform(random)) / alpha;
  const d = alpha - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(uniform(random)) < x * x * 0.5 + d - d * v + d * Math.log(v)) {
      return Math.log(d * v);
    }
  }
}

/** Standard normal. Source: Box & Muller 1958. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(uniform(random))) * Math.cos(2 * Math.PI * uniform(random));
}

/** Above 0, below 1: the generator never gives 0. */
function uniform(random: Random): number {
  return random.next() / 2 ** 32;
}
