/**
 * What a round costs in RAM, as a sum that a person can follow, and the check against a board.
 * @module
 */
import { PLAIN } from '../fixed/power.js';
import { arenaLayout } from './arena.js';
import type { BoardProfile } from './boards.js';
import { align4, ELEMENT_BYTES, type ModelLayout } from './layout.js';
import type { LayerCounts, TrainingMethod } from './method.js';

export interface MemoryRow {
  readonly name: string;
  readonly bytes: number;
}

export interface MemoryNeed {
  readonly rows: readonly MemoryRow[];
  readonly bytes: number; // their sum
}

/**
 * What a trainer holds at its peak: the arena, then what goes up beside it.
 * @param choices of the method; plain weights and counts by layer when left out
 */
export function memoryOf(
  layout: ModelLayout,
  batch: number,
  counts: readonly LayerCounts[],
  examples: number,
  choices: Pick<TrainingMethod, 'power' | 'uplink'> = { power: PLAIN, uplink: 'all' },
): MemoryNeed {
  const { tensors } = arenaLayout(layout, batch, counts, examples, choices.power);
  const group = (name: string, test: RegExp): MemoryRow => ({
    name,
    bytes: tensors
      .filter((t) => test.test(t.name))
      .reduce((sum, t) => sum + align4(t.length * ELEMENT_BYTES[t.type]), 0),
  });
  const rows = [
    { name: 'parameters', bytes: align4(layout.parameterBytes) },
    group('numbers behind weights', /numbers/),
    group('active weights', /columns|rowStarts/),
    group('places in volumes', /places/),
    group('activations', /activations|inputs|example/),
    group('sums and errors', /sums|errors/),
    group('selection', /marks|kept|counts/),
    group('noise', /noise/),
    group('order of examples', /order/),
    { name: 'update', bytes: updateBytes(layout, counts, choices.uplink) },
  ];
  return { rows, bytes: rows.reduce((sum, row) => sum + row.bytes, 0) };
}

/** @throws RangeError with the sum, when a round needs more than the board has */
export function checkMemory(need: MemoryNeed, board: BoardProfile): void {
  if (need.bytes <= board.ramBytes) return;
  const sum = need.rows.map(({ name, bytes }) => `${name} ${bytes}`).join(' + ');
  throw new RangeError(
    `board ${board.name} has ${board.ramBytes} B, the model needs ${need.bytes} B = ${sum}`,
  );
}

/**
 * Values, positions and reference of every layer, and their coded positions; beside them, one after the
 * other, what coding the positions of one layer holds for a while (its gaps, its rows and the change from
 * the reference, or its grid), and the frame. Values of 8 or 4 bits are packed before they are framed,
 * which takes no more than framing 16 bits.
 */
function updateBytes(
  layout: ModelLayout,
  counts: readonly LayerCounts[],
  uplink: TrainingMethod['uplink'],
): number {
  const total = counts.reduce((sum, { sent }) => sum + sent, 0);
  let held = 0;
  let frame = FRAME_BYTES;
  let coded = 0;
  let coding = 0;
  for (const { index, inputs, outputs, weights } of layout.layers) {
    const { active, sent } = counts[index];
    held += 2 * sent + 2 * outputs;
    frame += 2 * sent + 2 * outputs + RECORD_BYTES;
    if (sent === weights.length) continue; // without positions
    held += 4 * sent;
    if (uplink === 'mask') continue; // known to both sides
    const reference = active < weights.length ? active : 0;
    held += 4 * reference;
    coded += mostCodedBytes(sent, weights.length);
    const most = uplink === 'global-top-k-weights' ? Math.min(total, weights.length) : sent;
    const complement = 2 * most > weights.length ? weights.length - most : 0;
    const rows = 4 * (most + outputs);
    coding = Math.max(coding, 4 * (reference + most + complement) + rows + GRID_BYTES + 4 * inputs);
  }
  return align4(held) + align4(coded) + Math.max(align4(frame + coded), coding);
}

/** No coding of so many of n places is longer than their Rice gaps with the best k, or the bitmap. */
function mostCodedBytes(count: number, n: number): number {
  let bits = n;
  for (let k = 0; 2 ** k < n; k++) bits = Math.min(bits, count * (k + 1) + Math.ceil((n - count) / 2 ** k));
  return 1 + Math.ceil(bits / 8);
}

/** Header and head of an update frame, and one layer's record in it, rounded up. */
const FRAME_BYTES = 64;
const RECORD_BYTES = 16;

/** What coding positions holds beside its lists, and as a grid beside four bytes for each column. */
const GRID_BYTES = 600;
