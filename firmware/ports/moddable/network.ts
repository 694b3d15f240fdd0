/**
 * The way from a board to its broker, as each platform has it. Interfaces only.
 * @module
 */

export interface BrokerAddress {
  readonly address: string; // IPv4, dotted
  readonly port: number;
  readonly name: string; // that the broker's certificate must have, over TLS
}

export interface Network {
  /**
   * Finds the broker, and waits for Wi-Fi as long as it takes: nothing else does. One of the two
   * callbacks follows, in a later turn of the event loop.
   */
  find(onFound: (broker: BrokerAddress) => void, onFailed: (reason: string) => void): Search;
  /** The broker of the last search let the board in. */
  worked(): void;
  /** Called when the way to the broker is gone, so that a connection need not wait for its timeout. */
  onLost: (reason: string) => void;
}

export interface Search {
  /** No callback follows. */
  cancel(): void;
}
