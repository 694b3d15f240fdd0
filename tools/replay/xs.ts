/**
 * Makes an update again on XS: the entry of a bundle. Plan, model and examples lie in the host's flash.
 * @module
 */
import { localRound } from '../../firmware/federation/localround.js';
import { finish } from '../../shared/masks/work.js';
import { boardProfile } from '../../shared/model/boards.js';
import { decodeModelHead, MAX_MODEL_HEAD } from '../../shared/protocol/model.js';
import { decodePlan } from '../../shared/protocol/plan.js';
import { globals } from '../emulator/xs/native.js';

export interface ExamplesShape {
  readonly count: number;
  readonly features: number;
  readonly signed: boolean;
  readonly classes: number;
}

/** @returns the frame of the update */
export function recompute(device: string, shape: ExamplesShape): Uint8Array {
  const { host } = globals();
  const record = host.loadRecord();
  if (record === undefined) throw new RangeError('record with a plan none, expected one');
  const plan = decodePlan(new Uint8Array(record));
  const first = new Uint8Array(MAX_MODEL_HEAD);
  host.readFlash(0, 0, first);
  const { head, parameterOffset } = decodeModelHead(first);
  const model = {
    head,
    readParameters: (offset: number, out: Uint8Array) => host.readFlash(0, parameterOffset + offset, out),
  };
  const examples = { ...shape, read: (index: number, out: Uint8Array) => host.readExample(index, out) };
  const { sliceMacs } = boardProfile('esp32');
  return finish(localRound({ plan, device, model, examples, sliceMacs })).frame;
}
