/**
 * What the clients of a simulated round are sent, counted as the firmware fetches it: a client asks for
 * nothing while it holds the round's model, for the delta while it holds the model before, and for the
 * whole model otherwise. It fetches only in rounds that it takes part in.
 * @module
 */
import { type BaseDelta, deltaFrom } from '../../broker/rounds/base.js';
import { hashFrame } from '../../broker/storage/hash.js';
import type { Model } from '../../shared/model/model.js';
import type { NamedModel } from '../../shared/protocol/delta.js';
import { encodeModel, type ModelHash } from '../../shared/protocol/model.js';

export class Downlink {
  readonly #held = new Map<number, ModelHash>(); // by client
  #base: NamedModel | undefined;
  #delta: BaseDelta | undefined; // to #base

  /** The next round starts from this model. */
  begin(model: Model): void {
    const frame = encodeModel(model);
    const next = { frame, hash: hashFrame(frame) };
    this.#delta = this.#base && deltaFrom(this.#base, next);
    this.#base = next;
  }

  /** The client takes part in the round. @returns bytes of the frames with its model */
  fetch(client: number): number {
    const base = this.#base;
    if (base === undefined) throw new RangeError(`client ${client} before the first round, expected a model`);
    const held = this.#held.get(client);
    this.#held.set(client, base.hash);
    if (held === base.hash) return 0;
    return held !== undefined && held === this.#delta?.base ? this.#delta.frame.length : base.frame.length;
  }
}
