/**
 * What differs between a chip and the Linux build: each has a `host` of this shape in its own folder, and
 * an entry `main` that hands it to the board. Interfaces only.
 * @module
 */
import type { Settings } from '../../federation/settings.js';
import type {
  Clock,
  Entropy,
  Examples,
  FirmwareHost,
  Identity,
  Indicator,
  Log,
  RawPartition,
  Sensor,
  Vitals,
} from '../ports.js';
import type { Network } from './network.js';

export interface Host {
  readonly identity: Identity;
  readonly task: string;
  readonly network: Network;
  readonly partition: RawPartition;
  /** What it learns from, where they are no partition of raw flash. */
  readonly examples?: Examples;
  /** Flash for its own examples. */
  readonly shard?: RawPartition;
  readonly sensors?: readonly Sensor[];
  readonly settings?: Partial<Settings>; // the firmware's own where left out
  readonly indicator?: Indicator; // where it has a light
  readonly firmware?: FirmwareHost; // where it can be replaced
  freeBytes(): number;
  /** What the board's clock and connection do not show. */
  vitals(): Omit<Vitals, 'millijoules'>;
}

/**
 * What each `host` exports. @throws Error or RangeError naming what is missing or wrong
 * @param isSecure the firmware speaks TLS, and nothing else
 */
export type OpenHost = (log: Log, clock: Clock, entropy: Entropy, isSecure: boolean) => Host;
