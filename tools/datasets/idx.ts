/**
 * Reads the idx format of MNIST: a magic word, the size in each dimension, all big-endian, then
 * unsigned bytes. It knows nothing of files, nor of what the bytes mean.
 *
 * | offset | type | field |
 * |---|---|---|
 * | 0 | uint8[2] | 0 |
 * | 2 | uint8 | 8 = unsigned bytes |
 * | 3 | uint8 | dimensions d |
 * | 4 | uint32[d] | sizes |
 * | 4 + 4d | uint8 | values |
 *
 * Source: LeCun, Cortes, Burges, "The MNIST database", file formats.
 * @module
 */

export interface Idx {
  readonly shape: readonly number[];
  readonly values: Uint8Array; // a view of the bytes that were given
  readonly valueStart: number; // byte of the first value in its file
}

/**
 * @param dimensions expected: 3 for images, 1 for labels
 * @throws RangeError naming the byte, what stands there and what was expected
 */
export function parseIdx(bytes: Uint8Array, dimensions: number): Idx {
  const valueStart = 4 + 4 * dimensions;
  if (bytes.length < valueStart) {
    throw new RangeError(`idx file of ${bytes.length} bytes, expected a header of ${valueStart}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const magic = view.getUint32(0);
  const expected = 0x0800 + dimensions;
  if (magic !== expected) {
    throw new RangeError(
      `idx file, byte 0: magic ${hex(magic)}, expected ${hex(expected)} (unsigned bytes, dimensions: ${dimensions})`,
    );
  }
  const shape = Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i));
  shape.forEach((size, i) => {
    if (size === 0) throw new RangeError(`idx file, byte ${4 + 4 * i}: size ${i} 0, expected 1 or more`);
  });
  const end = shape.reduce((product, size) => product * size, 1) + valueStart;
  if (bytes.length !== end) {
    throw new RangeError(
      `idx file of ${bytes.length} bytes, expected ${end} for ${shape.join(' × ')} values`,
    );
  }
  return { shape, values: bytes.subarray(valueStart), valueStart };
}

function hex(word: number): string {
  return `0x${word.toString(16).padStart(8, '0')}`;
}
