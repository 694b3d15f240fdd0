/**
 * Who may be connected at once, when there is more knocking than room: half-open connections, taken
 * names, a full house. Boards that have reported before go first. It knows no MQTT: a link is
 * something that can be cut.
 * @module
 */

/** One connection, as far as this file cares. */
export interface Link {
  cut(reason: string): void;
}

interface Held {
  readonly link: Link;
  readonly sinceMs: number;
}

/** Links that have not said who they are. A board says it within a round trip, a flood never does. */
const MAX_SILENT = 128;
/** A name that was taken stays with its holder so long. Whoever takes it again and again cannot keep the board out. */
const HOLD_MS = 3000;

export class Connections {
  readonly #maxNamed: number;
  readonly #isTrusted: (name: string) => boolean;
  readonly #silent = new Set<Link>(); // oldest first
  readonly #named = new Map<string, Held>(); // oldest first

  /**
   * @param maxNamed links that have said who they are
   * @param isTrusted whether one of this name has done something useful before
   */
  constructor(maxNamed: number, isTrusted: (name: string) => boolean) {
    this.#maxNamed = maxNamed;
    this.#isTrusted = isTrusted;
  }

  /** A link that has said nothing yet; the oldest of too many goes. */
  opened(link: Link): void {
    this.#silent.add(link);
    if (this.#silent.size <= MAX_SILENT) return;
    const [oldest] = this.#silent;
    this.#silent.delete(oldest);
    oldest.cut(`said nothing while ${MAX_SILENT} others waited, cut`);
  }

  /** Why a link may not have this name now, or undefined. Makes room where it must. */
  refuse(name: string, nowMs: number): string | undefined {
    const held = this.#named.get(name);
    if (held !== undefined && nowMs - held.sinceMs < HOLD_MS) {
      return `name taken ${Math.round(nowMs - held.sinceMs)} ms ago, expected ${HOLD_MS} ms between two`;
    }
    if (held === undefined && this.#named.size >= this.#maxNamed && !this.#makeRoom(name)) {
      return `${this.#maxNamed} connected, expected fewer`;
    }
    return undefined;
  }

  /** The link has this name from now on; whoever had it goes. */
  named(link: Link, name: string, nowMs: number): void {
    const held = this.#named.get(name);
    this.#silent.delete(link);
    this.#named.delete(name); // at the end again
    this.#named.set(name, { link, sinceMs: nowMs });
    if (held !== undefined && held.link !== link) held.link.cut('name taken by another connection, cut');
  }

  holds(link: Link, name: string): boolean {
    return this.#named.get(name)?.link === link;
  }

  closed(link: Link, name: string | undefined): void {
    this.#silent.delete(link);
    if (name !== undefined && this.holds(link, name)) this.#named.delete(name);
  }

  /** Cuts the stranger that was connected longest, for one that is none. */
  #makeRoom(name: string): boolean {
    if (!this.#isTrusted(name)) return false;
    for (const [other, { link }] of this.#named) {
      if (this.#isTrusted(other)) continue;
      this.#named.delete(other);
      link.cut('a stranger where a board needed room, cut');
      return true;
    }
    return false;
  }
}
