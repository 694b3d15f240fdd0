/**
 * Signed numbers of 16, 8 or 4 bits as bytes of an update: little-endian, of two in a byte the first in
 * the low half, the half behind an odd last one 0. In memory they are int16 whatever their bits.
 * @module
 */
import { inPieces } from '../masks/work.js';
import type { ValueBits } from '../model/delta.js';

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
  sliceMacs: number,
): Generator<number, ArrayBufferView> {
  if (bits === 16) return numbers;
  const out = new Uint8Array(numberBytes(numbers.length, bits));
  yield* inPieces(numbers.length, PACK_MACS, sliceMacs, (from, to) => {
    for (let i = from; i < to; i++) {
      const number = numbers[i];
      if ((number << (32 - bits)) >> (32 - bits) !== number) {
        throw new RangeError(`number ${number} at ${i}, expected ${bits} bits`);
      }
      if (bits === 8) out[i] = number;
      else out[i >>> 1] |= (number & 0x0f) << (4 * (i & 1));
    }
  });
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
