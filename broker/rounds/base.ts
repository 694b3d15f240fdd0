/**
 * The model that the next round starts from, as it is computed with, sent and named, with the state
 * that the server's optimizer had after it.
 * @module
 */
import type { Model } from '../../shared/model/model.js';
import { decodeModel, encodeModel, type ModelHash } from '../../shared/protocol/model.js';
import type { HashFrame } from './ports.js';

export interface Base {
  readonly model: Model;
  readonly frame: Uint8Array;
  readonly hash: ModelHash;
  readonly optimizer: Uint8Array | undefined; // none before the first round
}

export function baseOf(model: Model, optimizer: Uint8Array | undefined, hashFrame: HashFrame): Base {
  const frame = encodeModel(model);
  return { model, frame, hash: hashFrame(frame), optimizer };
}

/** @throws ProtocolError when the frame is no model */
export function savedBase(frame: Uint8Array, optimizer: Uint8Array | undefined, hashFrame: HashFrame): Base {
  return { model: decodeModel(frame), frame, hash: hashFrame(frame), optimizer };
}
