/**
 * The way from a chip to its broker: Wi-Fi, then the address that the board was told, or the broker
 * that announces itself.
 * @module
 */
// biome-ignore lint/style/useNodejsImportProtocol: the SDK's module
import Net from 'net';
import type { Clock, Log } from '../../ports.js';
import type { BrokerAddress, Network, Search } from '../network.js';
import { findBroker } from './discovery.js';

export interface WifiNetworkOptions {
  readonly task: string;
  readonly broker?: string; // host or host:port; searched for when left out
  readonly clock: Clock;
  readonly log: Log;
}

const MQTT_PORT = 1883;

export class WifiNetwork implements Network {
  onLost: (reason: string) => void = () => {};
  readonly #options: WifiNetworkOptions;
  #isUp = false;
  #waiting: (() => void) | undefined; // at most one connection is made at a time

  constructor(options: WifiNetworkOptions) {
    this.#options = options;
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
      if (isOver) return;
      try {
        inner = this.#search(onFound, onFailed);
      } catch (error) {
        onFailed(String(error));
      }
    };
    if (this.#isUp) this.#options.clock.after(0, search);
    else this.#waiting = search;
    return {
      cancel: () => {
        isOver = true;
        inner?.cancel();
      },
    };
  }

  #search(onFound: (broker: BrokerAddress) => void, onFailed: (reason: string) => void): Search {
    const { broker } = this.#options;
    if (!broker) return findBroker(this.#options, onFound, onFailed);
    const [host, port] = broker.split(':');
    let isOver = false;
    Net.resolve(host, (_, address) => {
      if (isOver) return;
      // Not at once: the callback comes from the network's own task.
      this.#options.clock.after(0, () => {
        if (isOver) return;
        if (address === undefined) onFailed(`no address of ${host}`);
        else onFound({ address, port: port === undefined ? MQTT_PORT : Number(port) });
      });
    });
    return {
      cancel: () => {
        isOver = true;
      },
    };
  }
}
