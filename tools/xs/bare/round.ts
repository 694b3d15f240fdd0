/**
 * The entry of a bundle that makes one update: plan, model and examples lie in the board's flash.
 * @module
 */
import { type ExamplesShape, recompute } from '../../replay/xs.js';

export interface RoundInput {
  readonly device: string;
  readonly examples: ExamplesShape;
}

/** @param input RoundInput as JSON in ASCII. @returns the frame of the update */
export function run(input: Uint8Array): Uint8Array {
  const { device, examples } = JSON.parse(String.fromCharCode(...input)) as RoundInput;
  return recompute(device, examples);
}
