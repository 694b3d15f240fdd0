/**
 * Something else on the board that listens and speaks on the client's connection. The client knows
 * nothing of what it does.
 * @module
 */
import type { MessageSink } from '../ports/ports.js';
import type { Link } from './link.js';

/** What a companion may do with the connection. */
export type SharedLink = Pick<Link, 'isUp' | 'subscribe' | 'unsubscribe' | 'send'>;

export interface Companion {
  /** The client starts; topics that are subscribed now hold over every connection. */
  start(link: SharedLink): void;
  /** Connected to the broker, each time. */
  onUp(): void;
  /** As in the port `Transport`; undefined for topics that are not its own. */
  onMessage(topic: string, lengthBytes: number): MessageSink | undefined;
  stop(): void;
}
