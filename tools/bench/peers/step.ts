/**
 * A trainer of someone else, or a plain one, as the bench sees it on XS: single steps on examples of 256 inputs and
 * 10 classes, marked one by one. What a script exports as `bundle.trainer` is called.
 * @module
 */
import { globals } from '../../emulator/xs/native.js';

export const INPUTS = 256;
export const HIDDEN = 64;
export const CLASSES = 10;
const EXAMPLES = 2;

/** Steps before those that count, and then. */
const WARM_UP = 4;
const COUNTED = 4;

/** @returns the loss, or error, before the step */
export type PeerStep = (x: Float32Array, label: number) => number;

/** The same numbers on every engine. @returns 0 to below 1 */
export function fractions(): () => number {
  let state = 1;
  return () => {
    state = (state * 16807) % 2147483647; // exact in a double
    return state / 2147483647;
  };
}

export const COUNTED_MARK = 1;

/**
 * @returns marks: COUNTED_MARK before each step that counts
 * @throws Error when the loss did not fall: such a trainer's cost says nothing
 */
export function runSteps(step: PeerStep): Uint8Array {
  const { host } = globals();
  const random = fractions();
  const examples = Array.from({ length: EXAMPLES }, () => Float32Array.from({ length: INPUTS }, random));
  const marks = new Uint8Array(COUNTED + 1).fill(COUNTED_MARK);
  let first = 0;
  let last = 0;
  for (let i = 0; i < WARM_UP + COUNTED; i++) {
    const x = examples[i % EXAMPLES];
    if (i >= WARM_UP) host.nowMs();
    last = step(x, i % EXAMPLES);
    if (i === 0) first = last;
  }
  host.nowMs();
  if (!(last < first)) throw new Error(`loss ${first}, then ${last}: expected less`);
  return marks;
}

export const STEPS = COUNTED;
