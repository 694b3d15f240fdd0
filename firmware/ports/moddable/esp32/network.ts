/**
 * The way from a chip to its broker: Wi-Fi, then an address. It waits for the Wi-Fi as long as that takes.
 * @module
 */
// biome-ignore lint/style/useNodejsImportProtocol: the SDK's module
import Net from 'net';
import { Finder, type Pending } from '../../../discovery/finder.js';
import type { Clock, Log } from '../../ports.js';
import type { BrokerAddress, Network, Search } from '../network.js';
import { browse } from './discovery.js';

export interface WifiNetworkOptions {
  readonly task: string;
  readonly isSecure: boolean; // over TLS or not at all
  readonly broker?: string; // as `parsePlace` takes it; searched for when left out
  readonly last?: string; // what was remembered
  readonly clock: Clock;
  readonly log: Log;
  /** Keeps an address for the next start. */
  readonly remember: (address: string) => void;
}

export class WifiNetwork implements Network {
  onLost: (reason: string) => void = () => {};
  readonly #finder: Finder;
  #isUp = false;
  #waiting: (() => void) | undefined; // at most one connection is made at a time

  /** @throws RangeError when `broker` is no address */
  constructor({ task, isSecure, broker, last, clock, log, remember }: WifiNetworkOptions) {
    this.#finder = new Finder({
      task,
      isSecure,
      told: broker,
      last,
      clock,
      log,
      resolve: resolveHost,
      browse: (onService) => browse(clock, log, onService),
      remember,
    });
  }

  up(): void {
    this.#isUp = true;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.();
  }

  down(): void {
    this.#isUp = false;
    this.onLost('Wi-Fi lost');
  }

  find(onFound: (broker: BrokerAddress) => void, onFailed: (reason: string) => void): Search {
    let inner: Search | undefined;
    let isOver = false;
    const search = () => {
      if (!isOver) inner = this.#finder.seek(onFound, onFailed);
    };
    if (this.#isUp) search();
    else this.#waiting = search;
    return {
      cancel: () => {
        isOver = true;
        inner?.cancel();
      },
    };
  }

  worked(): void {
    this.#finder.worked();
  }
}

/** The answer comes from the network's own task, or at once. */
function resolveHost(host: string, onAddress: (address: string | undefined) => void): Pending {
  let isOver = false;
  Net.resolve(host, (_, address) => {
    if (!isOver) onAddress(address);
  });
  return {
    cancel() {
      isOver = true;
    },
  };
}
