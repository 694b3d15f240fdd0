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

/** Links that have not said who they are. A thousand boards that come back at once all say it soon. */
const MAX_SILENT = 1024;
/** A name that was taken stays with its holder so long. Whoever takes it again and again cannot keep the board out. */
const HOLD_MS = 3000;

export class Connections {
  readonly #maxNamed: number;
  readonly #isTrusted: (name: string) => boolean;
  readonly #maxSilent: number;
  readonly #silent = new Set<Link>(); // oldest first
  readonly #named = new Map<string, Held>(); // oldest first

  /**
   * @param maxNamed links that have said who they are
   * @param isTrusted whether one of this name has done something useful before
   */
  constructor(maxNamed: number, isTrusted: (name: string) => boolean) {
    this.#maxNamed = maxNamed;
    this.#maxSilent = Math.min(maxNamed, MAX_SILENT); // more cannot be boards
    this.#isTrusted = isTrusted;
  }

  /** Links at once. */
  get most(): number {
    return this.#maxNamed + this.#maxSilent;
  }

  /** A link that has said nothing yet; the oldest of too many goes. */
  opened(link: Link): void {
    this.#silent.add(link);
    if (this.#silent.size <= this.#maxSilent) return;
    const [oldest] = this.#silent;
    this.#silent.delete(oldest);
    oldest.cut(`said nothing while ${this.#maxSilent} others waited, cut`);
  }

  /**
   * Lets a link in under this name, and cuts the one that must go for it.
   * @returns why not, undefined when it may come
   */
  admit(name: string, nowMs: number): string | undefined {
    const held = this.#named.get(name);
    if (held !== undefined) {
      if (nowMs - held.sinceMs < HOLD_MS) {
        return `name taken a moment ago, expected ${HOLD_MS} ms between two connections`;
      }
      held.link.cut('name taken by another connection, cut'); // [MQTT-3.1.4-2]
    } else if (this.#named.size >= this.#maxNamed && !this.#makeRoom(name)) {
      return `${this.#maxNamed} connected, expected fewer`;
    }
    return undefined;
  }

  /** The link has this name from now on. */
  named(link: Link, name: string, nowMs: number): void {
    this.#silent.delete(link);
    this.#named.delete(name); // at the end again
    this.#named.set(name, { link, sinceMs: nowMs });
  }

  /** @param name the one that it had, if it had one */
  closed(link: Link, name: string): void {
    this.#silent.delete(link);
    if (this.#named.get(name)?.link === link) this.#named.delete(name);
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
