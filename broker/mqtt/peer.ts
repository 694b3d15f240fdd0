/**
 * One connection from its first byte on: guarded, named once it is let in, and cut with a word to
 * people about the reason.
 * @module
 */
import type { Socket } from 'node:net';
import { Bucket } from './bucket.js';
import type { Link } from './connections.js';
import { FrameGuard, guardConnection } from './guard.js';

export class Peer implements Link {
  readonly socket: Socket;
  readonly #bucket: Bucket;
  readonly #guard: FrameGuard;
  readonly #say: (name: string, text: string) => void;
  #name: string;
  #isSlowed = false;

  constructor(socket: Socket, nowMs: () => number, say: (name: string, text: string) => void) {
    this.socket = socket;
    this.#say = say;
    this.#name = String(socket.remoteAddress);
    this.#bucket = new Bucket(nowMs());
    this.#guard = new FrameGuard(this.#bucket);
    guardConnection(socket, this.#guard, nowMs, {
      onCut: () => this.#say(this.#name, 'packet too long, cut'),
      onSlowed: () => this.#slowed(),
    });
  }

  /** The client id, its address before it has one. */
  get name(): string {
    return this.#name;
  }

  /** CONNECT was accepted. @param maxPublishBytes remaining length of a PUBLISH */
  letIn(clientId: string, maxPublishBytes: number): void {
    this.#name = clientId;
    this.#guard.allowPublish(maxPublishBytes);
  }

  /** It made us send so many bytes. */
  charge(lengthBytes: number): void {
    this.#bucket.takePacket(lengthBytes);
  }

  cut(reason: string): void {
    this.#say(this.#name, reason);
    this.socket.destroy();
  }

  #slowed(): void {
    if (!this.#isSlowed) this.#say(this.#name, 'too many packets, read slowly from now on');
    this.#isSlowed = true;
  }
}
