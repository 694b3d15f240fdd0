/**
 * The boards that the firmware knows, by name. A profile is a promise to the model: what does not
 * fit it is refused before a round starts (law 4).
 * @module
 */
import { frozen } from '../fixed/frozen.js';

export interface BoardProfile {
  readonly name: string;
  /** Bytes that a round may use: the arena and the update, beside Wi-Fi, the client and the code. */
  readonly ramBytes: number;
  /** Work between two pauses: about 50 ms in XS byte code at about 5 µs per multiply-accumulate. */
  readonly sliceMacs: number;
}

/**
 * RAM: a plain ESP32's chunk heap is one block below 158 KB, of which 100 to 120 KB can be had
 * beside Wi-Fi; the C3 has a static pool of 94 KB for slots and chunks together, of which the engine and the
 * client take 54 KB (see heap.ts).
 */
const BOARDS: readonly BoardProfile[] = frozen([
  { name: 'esp32', ramBytes: 110_000, sliceMacs: 10_000 },
  { name: 'esp32-s3', ramBytes: 120_000, sliceMacs: 10_000 },
  { name: 'esp32-s3-psram', ramBytes: 2_000_000, sliceMacs: 10_000 },
  { name: 'esp32-c3', ramBytes: 40_000, sliceMacs: 6_000 },
]);

export const BOARD_NAMES: readonly string[] = frozen(BOARDS.map((board) => board.name));

/** @throws RangeError for a name that is not in BOARD_NAMES */
export function boardProfile(name: string): BoardProfile {
  const board = BOARDS.find((candidate) => candidate.name === name);
  if (board === undefined) throw new RangeError(`board ${name}, expected ${BOARD_NAMES.join(', ')}`);
  return board;
}
