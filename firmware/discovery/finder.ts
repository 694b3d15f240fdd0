/**
 * How a board gets at its broker's address: the one that it was told, the brokers that announce
 * themselves, the one where it was last. A told address comes first; when it has not answered a few
 * times, the others get their turn, and it stays one of them. Each call of `seek` gives one address to
 * try or a reason why there is none; how long to rest between two calls is the caller's matter. It knows
 * no network: that is handed in.
 * @module
 */
import { frozen } from '../../shared/fixed/frozen.js';
import { BROKER_NAME, type Place, parsePlace, SERVICE } from '../../shared/protocol/service.js';
import type { Clock, Log, Timer } from '../ports/ports.js';
import { type Announced, choose, type Spot, spotOf, type Wanted } from './choice.js';

export interface Found extends Spot {
  readonly name: string; // that its certificate must have
}

/** Something under way. Safe to call twice. */
export interface Pending {
  cancel(): void;
}

export interface FinderOptions extends Wanted {
  readonly told?: string; // as `parsePlace` takes it
  readonly last?: string; // what was remembered
  readonly clock: Clock;
  readonly log: Log;
  /** Asks for the address of a host; undefined when there is none. */
  resolve(host: string, onAddress: (address: string | undefined) => void): Pending;
  /** Asks the network for the service; each one that answers is told once or more. @throws Error */
  browse(onService: (service: Announced) => void): Pending;
  /** Keeps an address for the next start. */
  remember(address: string): void;
}

type Way = 'told' | 'announced' | 'last';

/** A told address is not doubted before. */
const TRUSTED_TRIES = 3;
const SEARCH_MS = 10_000;
/** Others may answer a little later than the first. */
const SETTLE_MS = 1000;

/** In which order to look this time; the first way that gives an address ends the search. */
export function waysOf(hasTold: boolean, failures: number): readonly Way[] {
  if (!hasTold) return failures % 2 === 0 ? ANNOUNCED_FIRST : LAST_FIRST;
  if (failures < TRUSTED_TRIES || failures % 2 === 0) return TOLD;
  return ALL;
}

const TOLD: readonly Way[] = frozen(['told']);
const ANNOUNCED_FIRST: readonly Way[] = frozen(['announced', 'last']);
const LAST_FIRST: readonly Way[] = frozen(['last', 'announced']);
const ALL: readonly Way[] = frozen(['announced', 'last', 'told']);

export class Finder {
  readonly #options: FinderOptions;
  readonly #told: Place | undefined;
  #last: string | undefined;
  #failures = 0; // calls since an address worked
  #searches = 0; // of the network, of these
  #announced: Spot | undefined; // what was given last, where it was announced

  /** @throws RangeError when what it was told is no address, or another kind of connection */
  constructor(options: FinderOptions) {
    const { told, last, isSecure } = options;
    this.#options = options;
    this.#told = told === undefined ? undefined : parsePlace(told, isSecure);
    this.#last = last;
    if (this.#told !== undefined && this.#told.isSecure !== isSecure) {
      throw new RangeError(
        `broker ${told}, expected ${isSecure ? 'mqtts: this firmware' : 'mqtt: no firmware'} with TLS`,
      );
    }
  }

  /** One of the two callbacks follows, in a later turn of the event loop. */
  seek(onFound: (found: Found) => void, onFailed: (reason: string) => void): Pending {
    const { clock, log } = this.#options;
    const ways = waysOf(this.#told !== undefined, this.#failures);
    this.#failures += 1;
    this.#announced = undefined;
    let isOver = false;
    let pending: Pending | undefined;
    const reasons: string[] = [];
    const next = (at: number) => {
      if (isOver) return;
      const way = ways[at];
      if (way === undefined) {
        isOver = true;
        onFailed(reasons.join(', '));
        return;
      }
      let isAnswered = false;
      const done = (found: Found | string) => {
        if (isOver || isAnswered) return;
        isAnswered = true;
        // Never from within a callback of the network.
        pending = clock.after(0, () => {
          if (isOver) return;
          if (typeof found === 'string') {
            reasons.push(found);
            next(at + 1);
            return;
          }
          isOver = true;
          if (way !== 'told' && this.#told !== undefined) {
            log.line(`${this.#told.host} did not answer, trying ${found.address}:${found.port}`);
          }
          onFound(found);
        });
      };
      try {
        pending = this.#look(way, done) ?? pending;
      } catch (error) {
        done(error instanceof Error ? error.message : String(error));
      }
    };
    pending = clock.after(0, () => next(0));
    return {
      cancel: () => {
        isOver = true;
        pending?.cancel();
      },
    };
  }

  /** The address that was given last let the board in. One that was announced is kept for later starts. */
  worked(): void {
    this.#failures = 0;
    this.#searches = 0;
    if (this.#announced === undefined) return;
    const address = `${this.#announced.address}:${this.#announced.port}`;
    if (address === this.#last) return; // flash wears
    this.#last = address;
    this.#options.remember(address);
  }

  #look(way: Way, done: (found: Found | string) => void): Pending | undefined {
    if (way === 'announced') return this.#search(done);
    if (way === 'last') {
      done(this.#last === undefined ? 'none known from before' : lastOf(this.#last));
      return undefined;
    }
    const { host, port } = this.#told!;
    return this.#options.resolve(host, (address) => {
      done(address === undefined ? `no address of ${host}` : { address, port, name: host });
    });
  }

  #search(done: (found: Found | string) => void): Pending {
    const { clock, task, browse } = this.#options;
    const spots: Spot[] = [];
    let settling: Timer | undefined;
    const end = () => {
      overdue.cancel();
      settling?.cancel();
      browsing.cancel();
    };
    const finish = () => {
      end();
      if (spots.length === 0) return done(`no ${SERVICE} with task=${task} answered in ${SEARCH_MS} ms`);
      this.#announced = choose(spots, this.#searches);
      this.#searches += 1;
      done({ ...this.#announced, name: BROKER_NAME });
    };
    const browsing = browse((service) => {
      const spot = spotOf(service, this.#options);
      if (spot === undefined || spots.some((other) => isSame(other, spot))) return;
      spots.push(spot);
      settling ??= clock.after(SETTLE_MS, finish);
    });
    const overdue = clock.after(SEARCH_MS, finish);
    return { cancel: end };
  }
}

/** It was written as `address:port`, by us. */
function lastOf(text: string): Found {
  const { host, port } = parsePlace(text);
  return { address: host, port, name: BROKER_NAME };
}

function isSame(a: Spot, b: Spot): boolean {
  return a.address === b.address && a.port === b.port;
}
