/**
 * Signed numbers of 16, 8 or 4 bits as bytes of an update: little-endian, of two in a byte the first in
 * the low half, the half behind an odd last one 0. In memory they are int16 whatever their bits.
 * @module
 */
import type { Pace } from '../masks/pace.js';
import type { ValueBits } from '../model/delta.js';
import { packBytes, packHalves } from './pack.js';

/** Work of one number, see masks/work.ts. */
const PACK_MACS = 3;

export function numberBytes(count: number, bits: ValueBits): number {
  return (count * bits + 7) >>> 3;
}

/**
 * The bytes of the numbers. Yields work.
 * @returns for 16 bits a view of the numbers themselves
 * @throws RangeError when a number needs more bits
 */
export function* packNumbers(
  numbers: Int16Array,
  bits: ValueBits,
  pace: Pace,
): Generator<number, ArrayBufferView> {
  if (bits === 16) return numbers;
  const { length } = numbers;
  const out = new Uint8Array(numberBytes(length, bits));
  const pack = bits === 8 ? packBytes : packHalves;
  const piece = pace.elements(PACK_MACS);
  for (let from = 0; from < length; from += piece) {
    const to = Math.min(length, from + piece);
    const i = pack(out, numbers, from, to);
    if (i < to) throw new RangeError(`number ${numbers[i]} at ${i}, expected ${bits} bits`);
    if (pace.isDue((to - from) * PACK_MACS)) yield pace.take();
  }
  return out;
}

/**
 * @param bytes numberBytes(count, bits) of them; of 16 bits at an even offset of their buffer
 * @returns for 16 bits a view of the bytes
 * @throws RangeError when the half behind the last number is not 0
 */
export function unpackNumbers(bytes: Uint8Array, count: number, bits: ValueBits): Int16Array {
  if (bits === 16) return new Int16Array(bytes.buffer, bytes.byteOffset, count);
  if (bits === 8) return new Int16Array(new Int8Array(bytes.buffer, bytes.byteOffset, count));
  const out = new Int16Array(count);
  const pairs = count >>> 1;
  for (let i = 0; i < pairs; i++) {
    out[2 * i] = (bytes[i] << 28) >> 28;
    out[2 * i + 1] = (bytes[i] << 24) >> 28;
  }
  if (count % 2 === 1) {
    const last = bytes[pairs];
    if (last > 0x0f) throw new RangeError(`half byte ${last >>> 4} behind ${count} numbers, expected 0`);
    out[count - 1] = (last << 28) >> 28;
  }
  return out;
}
