/**
 * The model that the next round starts from, as it is computed with, sent and named, with the state
 * that the server's optimizer had after it, and the way to it from the model before.
 * @module
 */
import type { Model } from '../../shared/model/model.js';
import { encodeDelta, type NamedModel } from '../../shared/protocol/delta.js';
import { decodeModel, encodeModel, type ModelHash } from '../../shared/protocol/model.js';
import type { HashFrame } from './ports.js';

export interface Base extends NamedModel {
  readonly model: Model;
  readonly optimizer: Uint8Array | undefined; // none before the first round
  readonly delta: BaseDelta | undefined;
}

/** For boards that hold the model before. */
export interface BaseDelta {
  readonly base: ModelHash; // of the model before
  readonly frame: Uint8Array;
}

/** A delta saves a board at least a quarter of the model: it costs it flash and computing. */
const MOST_OF_MODEL = 0.75;

/** @param before the model that boards may hold; none in a new federation */
export function baseOf(
  model: Model,
  optimizer: Uint8Array | undefined,
  before: NamedModel | undefined,
  hashFrame: HashFrame,
): Base {
  const frame = encodeModel(model);
  const hash = hashFrame(frame);
  return { model, frame, hash, optimizer, delta: before && deltaFrom(before, { frame, hash }) };
}

/**
 * @param before frame of the model before, if it was kept
 * @throws ProtocolError when a frame is no model
 */
export function savedBase(
  frame: Uint8Array,
  optimizer: Uint8Array | undefined,
  before: Uint8Array | undefined,
  hashFrame: HashFrame,
): Base {
  const hash = hashFrame(frame);
  const delta = before && deltaFrom({ frame: before, hash: hashFrame(before) }, { frame, hash });
  return { model: decodeModel(frame), frame, hash, optimizer, delta };
}

/** @returns undefined when nothing changed, when there is no delta between the two, or when it saves too little */
export function deltaFrom(before: NamedModel, next: NamedModel): BaseDelta | undefined {
  if (before.hash === next.hash) return undefined;
  const frame = encodeDelta(before, next);
  const isShort = frame !== undefined && frame.length <= MOST_OF_MODEL * next.frame.length;
  return isShort ? { base: before.hash, frame } : undefined;
}
