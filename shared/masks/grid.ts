/**
 * The coding of a set of positions as a grid of rows and columns, bit by bit, row after row, with a range
 * coder. What a step changes most are the weights between strong inputs and strong errors, so the largest
 * differences fill some rows and columns and leave others empty; that halves the cost of a position.
 *
 * How likely a bit is 1 is learned on the way, the same by both sides, in CONTEXTS cases: by how much fuller
 * than the whole the row is so far (left of the place) times the same of the column (above), in octaves, and
 * by whether the place before is a 1. A set of more than half of all is coded as the missing ones. The
 * bits end at the last 1, since both sides know the count.
 *
 * All integers: a probability is in units of 2^-16, logarithms in quarters of an octave.
 * @module
 */
import { MaskError } from './error.js';
import type { Pace } from './pace.js';
import { PROBABILITY_BITS, RangeDecoder, RangeEncoder } from './range.js';

/** Grids with more places are not coded so: products of counts and gaps stay below 2^31. */
export const GRID_PLACES_MAX = 1 << 24;

/** Work per place, see work.ts. */
const PLACE_MACS = 8;

/** A row or column begins as if it had so many places of the whole's density. */
const ROW_START = 8;
const COLUMN_START = 4;

/** Counts are weighed in units of 1/16 place. */
const UNIT = 16;

/** Fullness above that of the whole, in quarters of an octave: clamped, then octave by octave. */
const SCORE_LEAST = -12;
const SCORE_MOST = 15;
const OCTAVES = (SCORE_MOST - SCORE_LEAST + 1) / 4;
const CONTEXTS = 2 * OCTAVES;

/** A context moves by 1/(seen + 1.5) of what it is off; it has seen this much at first, and at most. */
const SEEN_FIRST = 6;
const SEEN_MOST = 255;

const ONE = 65535;
const PROBABILITY_LEAST = 16;
const PROBABILITY_MOST = 57344;

/**
 * Yields work.
 * @param positions ascending, at least one, fewer than n
 * @param columns   divides n
 * @param bytesMost the result is not wanted if it is longer
 * @returns undefined when it would be
 */
export function* encodeGrid(
  positions: Uint32Array,
  n: number,
  columns: number,
  bytesMost: number,
  pace: Pace,
): Generator<number, Uint8Array | undefined> {
  const count = positions.length;
  const ones = fewer(n, count);
  const listed = ones === count ? 1 : 0;
  const out = new Uint8Array(bytesMost);
  const coder = new RangeEncoder(out);
  const grid = new Grid(n, columns, ones);
  const piece = pace.elements(PLACE_MACS);
  let i = 0; // positions below the place
  let left = ones;
  for (let place = 0; left > 0; ) {
    const first = place;
    for (const end = Math.min(n, place + piece); place < end && left > 0; place++) {
      const isListed = i < count && positions[i] === place;
      if (isListed) i++;
      const bit = isListed ? listed : 1 - listed;
      coder.encode(bit, grid.probability());
      grid.learn(bit);
      left -= bit;
    }
    if (pace.isDue((place - first) * PLACE_MACS)) yield pace.take();
    if (coder.isFull) return undefined;
  }
  const length = coder.finish();
  return coder.isFull ? undefined : out.subarray(0, length);
}

/**
 * @param count of positions, at least one, fewer than n
 * @throws MaskError when these are not bytes of `count` positions
 */
export function decodeGrid(bytes: Uint8Array, n: number, columns: number, count: number): Uint32Array {
  const ones = fewer(n, count);
  const listed = ones === count ? 1 : 0;
  const coder = new RangeDecoder(bytes);
  const grid = new Grid(n, columns, ones);
  const out = new Uint32Array(count);
  let to = 0;
  let left = ones;
  let place = 0;
  for (; place < n && left > 0; place++) {
    const bit = coder.decode(grid.probability());
    grid.learn(bit);
    left -= bit;
    if (bit === listed) out[to++] = place;
  }
  if (left > 0) throw new MaskError(`grid without ${left} of ${ones} bits, expected all of them`);
  if (!coder.isAtEnd) throw new MaskError(`grid of ${bytes.length} bytes, expected another length`);
  if (listed === 0) for (; place < n; place++) out[to++] = place;
  return out;
}

/** How many bits are 1: the positions, or the missing ones. */
function fewer(n: number, count: number): number {
  return 2 * count > n ? n - count : count;
}

/** What is known of the places so far. */
class Grid {
  readonly #columns: number;
  readonly #gap: number; // UNIT · places per 1
  readonly #rowRoom: Uint8Array; // logarithm of the places left of each column
  readonly #columnOnes: Uint32Array;
  readonly #columnFill: Uint8Array; // logarithm of each column's ones · gap
  readonly #probabilities: Uint16Array; // by context
  readonly #seen: Uint8Array;
  readonly #shares: Uint16Array; // 2^15 / (seen + 1.5)
  #row = 0;
  #column = 0;
  #columnRoom = logarithm(UNIT * COLUMN_START); // logarithm of the places above
  #rowOnes = 0;
  #rowFill = logarithm(UNIT * ROW_START);
  #last = 0; // the bit before
  #context = 0;

  constructor(n: number, columns: number, ones: number) {
    this.#columns = columns;
    this.#gap = Math.floor((UNIT * n) / ones);
    this.#rowRoom = Uint8Array.from({ length: columns }, (_, c) => logarithm(UNIT * (c + ROW_START)));
    this.#columnOnes = new Uint32Array(columns);
    this.#columnFill = new Uint8Array(columns).fill(this.#columnRoom);
    const density = Math.floor((65536 * ones) / n);
    this.#probabilities = Uint16Array.from({ length: CONTEXTS }, (_, context) => {
      const guess = (density << (context >> 1)) >> (-SCORE_LEAST / 4);
      return Math.min(PROBABILITY_MOST, Math.max(PROBABILITY_LEAST, guess));
    });
    this.#seen = new Uint8Array(CONTEXTS).fill(SEEN_FIRST);
    this.#shares = Uint16Array.from({ length: SEEN_MOST + 1 }, (_, seen) =>
      Math.floor(65536 / (2 * seen + 3)),
    );
  }

  /** That the next bit is 1, as the coder wants it. */
  probability(): number {
    const c = this.#column;
    const score = this.#rowFill - this.#rowRoom[c] + this.#columnFill[c] - this.#columnRoom;
    const clamped = score < SCORE_LEAST ? SCORE_LEAST : score > SCORE_MOST ? SCORE_MOST : score;
    this.#context = (((clamped - SCORE_LEAST) >> 2) << 1) + this.#last;
    const probability = this.#probabilities[this.#context] >> (16 - PROBABILITY_BITS);
    return probability === 0 ? 1 : probability;
  }

  learn(bit: number): void {
    const context = this.#context;
    const seen = this.#seen[context];
    const before = this.#probabilities[context];
    this.#probabilities[context] = before + (((bit * ONE - before) * this.#shares[seen]) >> 15);
    if (seen < SEEN_MOST) this.#seen[context] = seen + 1;
    const c = this.#column++;
    if (bit === 1) {
      this.#columnOnes[c]++;
      this.#rowOnes++;
      this.#columnFill[c] = logarithm(this.#columnOnes[c] * this.#gap + UNIT * COLUMN_START);
      this.#rowFill = logarithm(this.#rowOnes * this.#gap + UNIT * ROW_START);
    }
    this.#last = bit;
    if (this.#column < this.#columns) return;
    this.#row++;
    this.#column = 0;
    this.#columnRoom = logarithm(UNIT * (this.#row + COLUMN_START));
    this.#rowOnes = 0;
    this.#rowFill = logarithm(UNIT * ROW_START);
    this.#last = 0;
  }
}

/** About 4 · log2 x, exact at powers of two and straight between them. @param x 4 to 2^31 - 1 */
function logarithm(x: number): number {
  const octave = 31 - Math.clz32(x);
  return 4 * octave + ((x >> (octave - 2)) & 3);
}
