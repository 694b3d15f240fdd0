/**
 * Sums what the accepted updates of one round say about themselves, for people. No weight
 * depends on it, so it may divide in floats.
 * @module
 */
import type { Update } from '../../shared/protocol/update.js';

const LOSS_UNIT = 1024; // an update's loss is in nats · 2^10

export class Tally {
  #bytes = 0;
  #examples = 0;
  #loss = 0;
  #macs = 0;
  #trained = 0; // examples times epochs
  #heldBack = 0;
  #correct = 0;

  add(update: Update, frameBytes: number, epochs: number): void {
    this.#bytes += frameBytes;
    this.#examples += update.examples;
    this.#loss += update.loss * update.examples;
    this.#macs += update.macs;
    this.#trained += update.examples * epochs;
    this.#heldBack += update.heldBack;
    this.#correct += update.correct;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** nats */
  get loss(): number {
    return this.#loss / this.#examples / LOSS_UNIT;
  }

  get macsPerExample(): number {
    return this.#macs / this.#trained;
  }

  /** Of the base model on examples that the boards held back, 0 to 1; undefined when none did. */
  get heldBackAccuracy(): number | undefined {
    return this.#heldBack > 0 ? this.#correct / this.#heldBack : undefined;
  }
}
