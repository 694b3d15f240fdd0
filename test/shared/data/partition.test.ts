import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { partitionDirichlet } from '../../../shared/data/dirichlet.js';
import type { ExampleSet } from '../../../shared/data/example-set.js';
import { partitionIid, partitionNatural, partitionShards } from '../../../shared/data/partition.js';
import { setOf } from './sets.js';

const test = suite('data/partition');

const SET = setOf(
  2003,
  10,
  (place) => (place * 7) % 10,
  (place) => (place * place) % 23,
);

const EVERY_WAY: Record<string, (set: ExampleSet, clients: number, seed: number) => Uint32Array[]> = {
  iid: (set, clients, seed) => partitionIid(set, { clients, seed }),
  shards: (set, clients, seed) => partitionShards(set, { clients, seed, shards: 2 }),
  'dirichlet 1000': (set, clients, seed) => partitionDirichlet(set, { clients, seed, alpha: 1000 }),
  'dirichlet 0.1': (set, clients, seed) => partitionDirichlet(set, { clients, seed, alpha: 0.1 }),
  'dirichlet 0.001': (set, clients, seed) => partitionDirichlet(set, { clients, seed, alpha: 0.001 }),
};

function sizes(shares: readonly Uint32Array[]): { least: number; most: number } {
  const lengths = shares.map((share) => share.length);
  return { least: Math.min(...lengths), most: Math.max(...lengths) };
}

function places(shares: readonly Uint32Array[]): string {
  return shares.flatMap((share) => [...share]).join();
}

/** How often the commonest class stands in a share, as a mean over the shares, 0 to 1. */
function meanLargestClass(set: ExampleSet, shares: readonly Uint32Array[]): number {
  const parts = shares.map((share) => {
    const counts = new Uint32Array(set.classes);
    for (const place of share) counts[set.labels[place]]++;
    return Math.max(...counts) / share.length;
  });
  return parts.reduce((sum, part) => sum + part, 0) / parts.length;
}

for (const [name, deal] of Object.entries(EVERY_WAY)) {
  test(`${name}: every example is dealt once, and sizes are as equal as can be`, () => {
    for (const clients of [1, 7, 20, 1000]) {
      const shares = deal(SET, clients, 5);
      assert.is(shares.length, clients);
      const all = shares.flatMap((share) => [...share]).sort((a, b) => a - b);
      assert.ok(
        all.every((place, i) => place === i),
        `${clients} clients`,
      );
      assert.is(all.length, SET.count);
      const { least, most } = sizes(shares);
      assert.ok(most - least <= (name === 'shards' ? 2 : 1), `${clients} clients: ${least} to ${most}`);
    }
  });

  test(`${name}: the seed decides`, () => {
    assert.is(places(deal(SET, 20, 1)), places(deal(SET, 20, 1)));
    assert.is.not(places(deal(SET, 20, 1)), places(deal(SET, 20, 2)));
  });

  test(`${name}: a count of clients that cannot be is refused`, () => {
    for (const clients of [0, -1, 1.5, NaN, 2004]) {
      assert.throws(() => deal(SET, clients, 1), new RegExp(`clients ${clients}, expected 1 to 2003`));
    }
  });
}

test('shards leave a client few classes', () => {
  for (const share of partitionShards(SET, { clients: 20, seed: 3, shards: 2 })) {
    assert.ok(new Set(Array.from(share, (place) => SET.labels[place])).size <= 4);
  }
  assert.throws(
    () => partitionShards(SET, { clients: 20, seed: 3, shards: 101 }),
    /shards 101, expected 1 to 100 for 20 clients and 2003 examples/,
  );
});

test('a smaller alpha gives a more uneven mix, as large as theory says', () => {
  const set = setOf(20_000, 10, (place) => place % 10);
  const mean = (alpha: number) =>
    meanLargestClass(set, partitionDirichlet(set, { clients: 100, seed: 8, alpha }));
  const [even, uneven, extreme] = [mean(1000), mean(1), mean(0.1)];
  // the mean largest part of Dirichlet(alpha × 10): 0.105, 0.293 and 0.660, and some for sampling
  assert.ok(even > 0.1 && even < 0.16, `alpha 1000: ${even}`);
  assert.ok(uneven > 0.25 && uneven < 0.36, `alpha 1: ${uneven}`);
  assert.ok(extreme > 0.58 && extreme < 0.76, `alpha 0.1: ${extreme}`);
});

test('an alpha that cannot be is refused', () => {
  for (const alpha of [0, -1, NaN, Infinity]) {
    assert.throws(() => partitionDirichlet(SET, { clients: 20, seed: 1, alpha }), `alpha ${alpha}`);
  }
});

test('a class without examples is never drawn', () => {
  const set = setOf(300, 12, (place) => place % 3);
  const shares = partitionDirichlet(set, { clients: 10, seed: 1, alpha: 0.01 });
  assert.is(shares.flatMap((share) => [...share]).length, 300);
});

test('natural clients keep their own examples and their order', () => {
  const shares = partitionNatural(SET, { seed: 1 });
  const ids = shares.map((share) => {
    const owners = new Set(Array.from(share, (place) => SET.clients[place]));
    assert.is(owners.size, 1);
    return [...owners][0];
  });
  assert.equal(
    ids,
    [...new Set(SET.clients)].sort((a, b) => a - b),
  );
  assert.is(
    shares.reduce((sum, share) => sum + share.length, 0),
    SET.count,
  );
});

test('of natural clients a random few may be taken, never more than there are', () => {
  const natural = partitionNatural(SET, { seed: 1 }).length;
  assert.is(natural, 12); // squares modulo 23
  const owners = (seed: number) =>
    partitionNatural(SET, { clients: 4, seed })
      .map((share) => SET.clients[share[0]])
      .join();
  assert.is(owners(1), owners(1));
  assert.ok([2, 3, 4, 5].some((seed) => owners(seed) !== owners(1)));
  assert.throws(
    () => partitionNatural(SET, { clients: 13, seed: 1 }),
    /clients 13, expected 1 to 12: the set has 12 natural clients/,
  );
});

test.run();
