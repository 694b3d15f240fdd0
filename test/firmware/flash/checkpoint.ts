/**
 * A board's life with its flash, for tests of power loss: downloads a model, loses power, starts again.
 * Platform-free: the same runs on Node and on XS.
 * @module
 */
import { ModelSlots } from '../../../firmware/federation/slots.js';
import { FlashStore } from '../../../firmware/flash/store.js';
import { Random } from '../../../shared/fixed/random.js';
import type { ModelDescription } from '../../../shared/model/description.js';
import { initialModel } from '../../../shared/model/initial.js';
import { frameCrc } from '../../../shared/protocol/frame.js';
import { encodeModel } from '../../../shared/protocol/model.js';
import { NorChip, PowerLoss, SECTOR_BYTES, type Tear } from '../../../tools/emulator/chip.js';

const DESCRIPTION: ModelDescription = {
  name: 'small',
  input: { shape: [64], type: 'uint8', exp: -4 },
  layers: [
    { kind: 'dense', units: 27 },
    { kind: 'dense', units: 10 },
  ],
};

const SEGMENT_BYTES = 1436; // as TCP delivers them
const CHIP_SECTORS = 9; // two of the log, seven for models of two sectors: not a multiple
/** The entry in the log and a little before it. */
const LAST_STEPS = 120;
export const SAVES_PER_LOG_SECTOR = 40; // entries of 16 + 84 bytes

/** A frame of 4.2 KB: it ends in its second sector. */
export function frameOf(seed: number): Uint8Array {
  return encodeModel(initialModel(DESCRIPTION, seed));
}

export function nameOf(frame: Uint8Array) {
  return { hash: `00000000${frameCrc(frame).toString(16).padStart(8, '0')}`, crc: frameCrc(frame) };
}

/** Starts the board: what a restart does before it connects. */
export function start(chip: NorChip): ModelSlots {
  const slots = new ModelSlots(new FlashStore(chip));
  for (const _ of slots.check());
  return slots;
}

/** The checkpoint of a round: start, download, switch. @returns false when power was lost */
export function checkpoint(chip: NorChip, frame: Uint8Array): boolean {
  try {
    const download = start(chip).receive(nameOf(frame), frame.length);
    for (let at = 0; at < frame.length; at += SEGMENT_BYTES) {
      download.write(frame.subarray(at, at + SEGMENT_BYTES));
    }
    download.finish();
    return true;
  } catch (error) {
    if (!(error instanceof PowerLoss)) throw error;
    chip.powerOn();
    return false;
  }
}

/** Whether the board, started again, holds one of these models whole, as its trainer would read it. */
export function holds(chip: NorChip, models: readonly (Uint8Array | undefined)[]): boolean {
  const { held } = start(chip);
  if (held === undefined) return models.includes(undefined);
  const frame = models.find((model) => model !== undefined && frameCrc(model) === held.crc);
  if (frame === undefined) return false;
  const parameters = new Uint8Array(held.source.head.layout.parameterBytes);
  held.source.readParameters(0, parameters);
  const expected = frame.subarray(frame.length - parameters.length);
  let i = 0;
  while (i < parameters.length && parameters[i] === expected[i]) i++;
  return i === parameters.length;
}

/** A chip after so many checkpoints; the last one left `frameOf(checkpoints)`. */
export function wornChip(checkpoints: number): NorChip {
  const chip = new NorChip(CHIP_SECTORS * SECTOR_BYTES);
  for (let i = 1; i <= checkpoints; i++) checkpoint(chip, frameOf(i));
  return chip;
}

/** What the next checkpoint does: bytes written and sectors erased, and which sectors those are. */
export function workOfNext(before: NorChip, next: Uint8Array): { steps: number; erased: number[] } {
  const chip = before.copy();
  checkpoint(chip, next);
  const erased = [...chip.wear.keys()].filter((sector) => chip.wear[sector] > before.wear[sector]);
  return { steps: chip.steps, erased };
}

export interface Trial {
  readonly before: number; // checkpoints before the one that is cut
  readonly tears: readonly Tear[]; // taken in turn
  readonly stride: number; // 1 = every cut point
}

/**
 * Cuts the checkpoint at every place and starts the board again. Often it loses power a second time, and then
 * does the checkpoint whole.
 * @returns cut points tried, and the first failure or ''
 */
export function cutEverywhere({ before, tears, stride }: Trial): { tried: number; failed: string } {
  const worn = wornChip(before);
  const old = before === 0 ? undefined : frameOf(before); // a new board may hold none
  const next = frameOf(before + 1);
  const { steps } = workOfNext(worn, next);
  let tried = 0;
  for (let at = 0; at < steps; at += stride) {
    const chip = worn.copy();
    const cut = (after: number) =>
      chip.cutAfter({ steps: after, tear: tears[tried % tears.length], random: new Random(at) });
    const fail = (text: string) => ({ tried, failed: `cut after ${at} of ${steps} steps: ${text}` });
    cut(at);
    if (checkpoint(chip, next)) return fail('no cut');
    if (!holds(chip, [old, next])) return fail('neither the old nor the new model');
    if (tried % 11 === 0 || at > steps - LAST_STEPS) {
      cut(at >> 1);
      checkpoint(chip, next);
      if (!holds(chip, [old, next])) return fail('neither after a second cut');
      chip.powerOn();
      checkpoint(chip, next);
      if (!holds(chip, [next])) return fail('the new model cannot be had any more');
    }
    tried += 1;
  }
  return { tried, failed: '' };
}
