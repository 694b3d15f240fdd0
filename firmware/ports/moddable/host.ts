/**
 * What differs between a chip and the Linux build: each has a `host` of this shape in its own folder, and
 * an entry `main` that hands it to the board. Interfaces only.
 * @module
 */
import type { Settings } from '../../federation/settings.js';
import type { Clock, Entropy, Examples, Identity, Log, RawPartition } from '../ports.js';
import type { Network } from './network.js';

export interface Host {
  readonly identity: Identity;
  readonly task: string;
  readonly network: Network;
  readonly partition: RawPartition;
  readonly examples: Examples;
  readonly settings?: Partial<Settings>; // the firmware's own where left out
  freeBytes(): number;
}

/** What each `host` exports. @throws Error or RangeError naming what is missing or wrong */
export type OpenHost = (log: Log, clock: Clock, entropy: Entropy) => Host;
