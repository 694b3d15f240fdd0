/**
 * Something else on the board that listens and speaks on the client's connection. The client knows
 * nothing of what it does.
 * @module
 */
import type { ModelSource } from '../../shared/model/model.js';
import type { Plan } from '../../shared/protocol/plan.js';
import type { MessageSink } from '../ports/ports.js';
import type { Link } from './link.js';

/** What a companion may do with the connection. */
export type SharedLink = Pick<Link, 'isUp' | 'subscribe' | 'unsubscribe' | 'send'>;

/** What a companion may know of the client. */
export interface RoundView {
  /** Whether the board's examples may change now: no round is at work. */
  readonly isIdle: boolean;
  /** The examples are others now: says so, and looks again at a plan that it could not follow before. */
  refresh(): void;
  /** The model of the last round and how it is run; undefined before one, and while one is at work. */
  readonly lastModel: LastModel | undefined;
}

export interface LastModel {
  readonly plan: Plan;
  readonly source: ModelSource;
}

export interface Companion {
  /** The client starts; topics that are subscribed now hold over every connection. */
  start(link: SharedLink, client: RoundView): void;
  /** Connected to the broker, each time. */
  onUp(): void;
  /** As in the port `Transport`; undefined for topics that are not its own. */
  onMessage(topic: string, lengthBytes: number): MessageSink | undefined;
  /** A round begins, and needs the memory. */
  onRound?(): void;
  stop(): void;
}
