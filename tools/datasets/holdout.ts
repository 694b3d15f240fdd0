/**
 * Which examples of a source without a test part of its own are held out for testing: whole
 * clients, so that no test example comes from a person seen in training.
 * @module
 */
import { Random } from '../../shared/fixed/random.js';

/**
 * @param clients name of each example's client, two different ones or more
 * @param share of the examples, above 0, below 1; random clients are held out until it is reached,
 *   all but one at most
 * @returns for each example, whether it is held out
 */
export function holdOutClients(clients: readonly string[], share: number, seed: number): boolean[] {
  const order = shuffledNames(clients, new Random(seed));
  const held = new Set<string>();
  const sizes = new Map<string, number>();
  for (const client of clients) sizes.set(client, (sizes.get(client) ?? 0) + 1);
  let count = 0;
  for (const client of order.slice(1)) {
    if (count >= share * clients.length) break;
    held.add(client);
    count += sizes.get(client)!;
  }
  return clients.map((client) => held.has(client));
}

/**
 * Without clients: the last examples of each label, in the file's order, one at least, but never all.
 * Windows that overlap follow each other there, so a random choice would test on what was trained on.
 */
export function holdOutLast(labels: readonly string[], share: number): boolean[] {
  const sizes = new Map<string, number>();
  for (const label of labels) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  const seen = new Map<string, number>();
  return labels.map((label) => {
    const place = seen.get(label) ?? 0;
    seen.set(label, place + 1);
    const size = sizes.get(label)!;
    return place >= size - Math.max(1, Math.floor(share * size)) && place > 0;
  });
}

/** Each name once, in an order that depends on the seed and the set of names alone. */
export function shuffledNames(names: readonly string[], random: Random): string[] {
  const order = [...new Set(names)].sort();
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
