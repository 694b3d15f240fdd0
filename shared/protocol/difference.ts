/**
 * The exact difference between two blocks of integers: which elements changed, and by how much. A board
 * puts it on a block that it read from flash. Differences wrap around, so any two int16 have one of 16
 * bits and any two int32 one of 32.
 *
 * | bytes | field |
 * |-------|-------|
 * | 2     | elements that changed |
 * | 2     | bytes of their numbers |
 * | 1     | bytes of their positions |
 * | 1     | k of the numbers |
 * |       | positions, see `masks/positions.ts` |
 * |       | numbers |
 *
 * A number is u = z - 1, where z is 1, 2, 3, 4 … for the differences -1, 1, -2, 2 …; 0 never occurs. It is
 * Rice coded as gaps are (`masks/rice.ts`): (u >> k) zeros, a one, the k low bits of u. A u that would take
 * LONG zeros or more is LONG zeros, a one, and all 16 or 32 bits of u. Nothing changed = six bytes 0.
 * Source: Rice, JPL 79-22, 1979; the limited length is that of JPEG-LS (ITU-T T.87, A.5.3).
 * @module
 */
import { frozen } from '../fixed/frozen.js';
import { MAX_RICE } from '../fixed/ricebits.js';
import { bitmapBytes } from '../masks/bitmap.js';
import { Pace } from '../masks/pace.js';
import { decodePositions, encodePositions } from '../masks/positions.js';
import { expectEnd } from '../masks/rice.js';
import { finish, inPieces } from '../masks/work.js';
import { decoding, ProtocolError } from './error.js';

/** A block of a tensor. */
export type Elements = Int16Array | Int32Array;

/** Most elements of a block, by their bytes: what a board holds in RAM stays below 10 KB. */
export const BLOCK_ELEMENTS = frozen({ 2: 1024, 4: 256 } as const);

export const BLOCK_HEAD_BYTES = 6;

/** Most bytes of positions and numbers: a bitmap, and 17 bits for each int16 (fewer for 256 int32). */
export const MAX_CODED_BYTES = 1 + 1024 / 8 + (17 * 1024) / 8;

/** Zeros that say that all bits follow. */
const LONG = 24;

/** Work per element, see masks/work.ts. */
const POSITION_MACS = 3;
const NUMBER_MACS = 12;

export interface BlockHead {
  readonly changed: number;
  readonly numberBytes: number;
  readonly positionBytes: number;
  readonly k: number;
}

/** @param before, after the same type and length, at most BLOCK_ELEMENTS */
export function encodeBlock(before: Elements, after: Elements): Uint8Array {
  const positions = changedPositions(before, after);
  const numbers = Uint32Array.from(positions, (place) => numberOf(before, after, place));
  const coded = finish(
    encodePositions(positions, before.length, undefined, new Pace(Number.POSITIVE_INFINITY)),
  );
  const { k, bits } = bestRice(numbers, 8 * before.BYTES_PER_ELEMENT);
  const numberBytes = bitmapBytes(bits);
  const out = new Uint8Array(BLOCK_HEAD_BYTES + coded.length + numberBytes);
  if (positions.length === 0) return out.subarray(0, BLOCK_HEAD_BYTES);
  const [changedHigh, bytesHigh] = [positions.length >>> 8, numberBytes >>> 8];
  out.set([positions.length, changedHigh, numberBytes, bytesHigh, coded.length, k]);
  out.set(coded, BLOCK_HEAD_BYTES);
  writeNumbers(out.subarray(BLOCK_HEAD_BYTES + coded.length), numbers, k, 8 * before.BYTES_PER_ELEMENT);
  return out;
}

/**
 * @param bytes BLOCK_HEAD_BYTES of them
 * @param n     elements of the block
 * @throws ProtocolError
 */
export function decodeBlockHead(bytes: Uint8Array, n: number): BlockHead {
  const changed = bytes[0] | (bytes[1] << 8);
  const numberBytes = bytes[2] | (bytes[3] << 8);
  const positionBytes = bytes[4];
  const k = bytes[5];
  const isEmpty = changed === 0 && numberBytes + positionBytes + k > 0;
  if (changed > n || k > MAX_RICE || isEmpty || numberBytes + positionBytes > MAX_CODED_BYTES) {
    throw new ProtocolError(
      'field',
      `block of ${n}: ${changed} changed, ${positionBytes} and ${numberBytes} bytes, k ${k}, expected less`,
    );
  }
  return { changed, numberBytes, positionBytes, k };
}

/**
 * Puts a difference on a block. Yields work, see masks/work.ts: at most `sliceMacs`, or that of the
 * block's positions where that is more (3,072).
 * @param elements changed in place
 * @param coded    positions and numbers, exactly
 * @throws ProtocolError when the bytes are none; the elements are of no use then
 */
export function* applyBlock(
  elements: Elements,
  { changed, positionBytes, k }: BlockHead,
  coded: Uint8Array,
  sliceMacs: number,
): Generator<number, void> {
  if (changed === 0) return;
  const n = elements.length;
  const positions = decoding(() => decodePositions(coded.subarray(0, positionBytes), n, changed));
  yield n * POSITION_MACS;
  const numbers = coded.subarray(positionBytes);
  let bit = 0;
  yield* inPieces(changed, NUMBER_MACS, sliceMacs, (from, to) => {
    bit = addNumbers(elements, positions, numbers, bit, k, from, to);
  });
  decoding(() => expectEnd(numbers, bit));
}

function changedPositions(before: Elements, after: Elements): Uint32Array {
  const positions: number[] = [];
  for (let i = 0; i < before.length; i++) if (before[i] !== after[i]) positions.push(i);
  return Uint32Array.from(positions);
}

/** What is coded for a difference, 0 to 2^bits - 2. */
function numberOf(before: Elements, after: Elements, place: number): number {
  const unused = 32 - 8 * before.BYTES_PER_ELEMENT;
  const difference = ((after[place] - before[place]) << unused) >> unused;
  return (((difference << 1) ^ (difference >> 31)) >>> 0) - 1;
}

function bestRice(numbers: Uint32Array, width: number): { k: number; bits: number } {
  let best = { k: 0, bits: Number.POSITIVE_INFINITY };
  for (let k = 0; k <= Math.min(MAX_RICE, width - 1); k++) {
    let bits = 0;
    for (const number of numbers) {
      const zeros = number >>> k;
      bits += zeros < LONG ? zeros + 1 + k : LONG + 1 + width;
    }
    if (bits < best.bits) best = { k, bits };
  }
  return best;
}

function writeNumbers(bytes: Uint8Array, numbers: Uint32Array, k: number, width: number): void {
  let bit = 0;
  const write = (value: number, count: number) => {
    for (let i = 0; i < count; i++, bit++) if ((value >>> i) & 1) bytes[bit >>> 3] |= 1 << (bit & 7);
  };
  for (const number of numbers) {
    const zeros = number >>> k;
    bit += Math.min(zeros, LONG);
    write(1, 1);
    if (zeros < LONG) write(number, k);
    else write(number, width);
  }
}

/**
 * Reads the numbers of positions[from..to) from bit `at` on and adds their differences.
 * @returns the bit after the last one read
 * @throws ProtocolError when the bytes end too soon or a number is not of this block's type, or too long
 */
function addNumbers(
  elements: Elements,
  positions: Uint32Array | 'all',
  bytes: Uint8Array,
  at: number,
  k: number,
  from: number,
  to: number,
): number {
  const { length } = bytes;
  const isWide = elements.BYTES_PER_ELEMENT === 4;
  const none = isWide ? -1 : 0xffff; // the number of a difference of 0
  const low = (1 << k) - 1;
  let byte = at >>> 3;
  let window = byte < length ? bytes[byte] >> (at & 7) : 0; // the next bits, lowest first; at most 31
  let bits = 8 - (at & 7);
  byte++;
  for (let i = from; i < to; i++) {
    let zeros = 0;
    while (window === 0) {
      if (byte >= length) throw new ProtocolError('length', `number ${i} beyond the end of its block`);
      zeros += bits;
      window = bytes[byte++];
      bits = 8;
    }
    const skipped = 31 - Math.clz32(window & -window);
    zeros += skipped;
    window >>>= skipped + 1;
    bits -= skipped + 1;
    for (; bits <= 23; bits += 8) {
      if (byte < length) window |= bytes[byte] << bits;
      byte++; // beyond the end come zeros, which the check below refuses
    }
    let number = 0;
    if (zeros < LONG) {
      number = (zeros << k) | (window & low);
      window >>>= k;
      bits -= k;
    } else {
      number = window & 0xffff;
      window >>>= 16;
      bits -= 16;
      if (isWide) {
        for (; bits <= 23; bits += 8) {
          if (byte < length) window |= bytes[byte] << bits;
          byte++;
        }
        number |= (window & 0xffff) << 16;
        window >>>= 16;
        bits -= 16;
      }
      if (zeros > LONG || number >>> k < LONG) {
        throw new ProtocolError('field', `number ${i} of ${zeros} zeros, expected its shortest form`);
      }
    }
    if (number === none || (!isWide && number > none)) {
      throw new ProtocolError('field', `number ${number}, expected a difference other than 0`);
    }
    const z = number + 1;
    elements[positions === 'all' ? i : positions[i]] += (z >>> 1) ^ -(z & 1);
  }
  const end = 8 * byte - bits;
  if (end > 8 * length) throw new ProtocolError('length', `numbers beyond the end of their block`);
  return end;
}
