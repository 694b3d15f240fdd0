/**
 * A mask as one bit per weight: bit i is bit i mod 8, counted from the lowest, of byte i div 8;
 * 1 = kept. Bits beyond the last weight are 0.
 * @module
 */
import { listBits, setBits } from './listing.js';

export function bitmapBytes(n: number): number {
  return (n + 7) >>> 3;
}

/** How many bits are 1. */
export function countBits(bitmap: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < bitmap.length; i++) {
    // sums of 2, then 4, then 8 neighbouring bits, side by side in one byte
    let byte = bitmap[i];
    byte -= (byte >> 1) & 0x55;
    byte = (byte & 0x33) + ((byte >> 2) & 0x33);
    count += (byte + (byte >> 4)) & 0x0f;
  }
  return count;
}

/** Sets the bits at `positions`; the others stay. */
export function setPositions(bitmap: Uint8Array, positions: Uint32Array): void {
  setBits(bitmap, bitmap.length, positions, 0, positions.length);
}

/**
 * The places of the bits that are 1.
 * @param out uint32 [countBits(bitmap)] overwritten, ascending
 */
export function readPositions(out: Uint32Array, bitmap: Uint8Array): void {
  listBits(out, out.length, bitmap, bitmap.length);
}
