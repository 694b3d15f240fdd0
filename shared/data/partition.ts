/**
 * Deals the examples of a set to clients. Each function returns, for each client, its places in the
 * set, in random order; no place comes twice. The same seed gives the same shares.
 * Dirichlet shares are in `dirichlet.ts`.
 * @module
 */
import { Random } from '../fixed/random.js';
import type { ExampleSet } from './example-set.js';

export interface PartitionOptions {
  readonly clients: number; // 1 to the examples of the set
  readonly seed: number; // any int32 or uint32
}

/** Every example, dealt at random; sizes differ by at most one. */
export function partitionIid(set: ExampleSet, { clients, seed }: PartitionOptions): Uint32Array[] {
  checkClients(clients, set.count, `${set.count} examples`);
  const places = shuffled(firstPlaces(set.count), new Random(seed));
  return slices(places, clients);
}

/**
 * Every example, sorted by label and cut into `shards` pieces per client; a client gets random
 * pieces, so it sees few classes. Source: McMahan et al. 2017, section 3.
 */
export function partitionShards(
  set: ExampleSet,
  { clients, seed, shards }: PartitionOptions & { readonly shards: number },
): Uint32Array[] {
  checkClients(clients, set.count, `${set.count} examples`);
  const most = Math.floor(set.count / clients);
  if (!Number.isInteger(shards) || shards < 1 || shards > most) {
    throw new RangeError(
      `shards ${shards}, expected 1 to ${most} for ${clients} clients and ${set.count} examples`,
    );
  }
  const random = new Random(seed);
  const places = shuffled(firstPlaces(set.count), random).sort((a, b) => set.labels[a] - set.labels[b]);
  const pieces = slices(places, clients * shards);
  const order = shuffled(firstPlaces(pieces.length), random);
  return slices(order, clients).map((mine) => {
    const joined: number[] = [];
    for (const piece of mine) joined.push(...pieces[piece]);
    return shuffled(Uint32Array.from(joined), random);
  });
}

/**
 * The natural clients of the set (speakers, subjects), those without examples left out. With fewer
 * `clients` than the set has, a random choice of them; their order stays that of their ids.
 */
export function partitionNatural(
  set: ExampleSet,
  { clients, seed }: { readonly clients?: number; readonly seed: number },
): Uint32Array[] {
  const lists: number[][] = Array.from({ length: set.clientCount }, () => []);
  set.clients.forEach((client, place) => {
    lists[client].push(place);
  });
  const natural = lists.filter((list) => list.length > 0);
  const wanted = clients ?? natural.length;
  checkClients(wanted, natural.length, `${natural.length} natural clients`);
  const random = new Random(seed);
  const chosen = shuffled(firstPlaces(natural.length), random).subarray(0, wanted).sort();
  return Array.from(chosen, (client) => shuffled(Uint32Array.from(natural[client]), random));
}

/** @throws RangeError unless 1 to `most`; `why` says what gives that bound */
export function checkClients(clients: number, most: number, why: string): void {
  if (!Number.isInteger(clients) || clients < 1 || clients > most) {
    throw new RangeError(`clients ${clients}, expected 1 to ${most}: the set has ${why}`);
  }
}

/** Shuffles in place. Source: Durstenfeld 1964. */
export function shuffled(places: Uint32Array, random: Random): Uint32Array {
  for (let i = places.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const place = places[i];
    places[i] = places[j];
    places[j] = place;
  }
  return places;
}

/** Where part `index` of `parts` begins when `count` things are cut into sizes that differ by at most one. */
export function partStart(index: number, count: number, parts: number): number {
  return Math.floor((index * count) / parts);
}

function slices(places: Uint32Array, parts: number): Uint32Array[] {
  return Array.from({ length: parts }, (_, i) =>
    places.slice(partStart(i, places.length, parts), partStart(i + 1, places.length, parts)),
  );
}

function firstPlaces(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => i);
}
