/**
 * The range of the numbers r and s of an ECDSA signature over P-256. It is checked here, for every host: a
 * verifier that leaves it out takes a signature of zeros for any message.
 * Source: FIPS 186-5, section 6.4.2, step 1; SP 800-186, section 3.2.1.3 (the order of P-256).
 * @module
 */
import { frozen } from '../../shared/fixed/frozen.js';

export const SCALAR_BYTES = 32;

/** The order n of the curve's group, big-endian. */
const ORDER: readonly number[] = frozen([
  0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6,
  0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
]);

/** Whether both numbers of a signature, 32 bytes each, big-endian, are 1 to n - 1. */
export function hasScalars(signature: Uint8Array): boolean {
  if (signature.length !== 2 * SCALAR_BYTES) return false;
  return isScalar(signature.subarray(0, SCALAR_BYTES)) && isScalar(signature.subarray(SCALAR_BYTES));
}

function isScalar(number: Uint8Array): boolean {
  if (number.every((byte) => byte === 0)) return false;
  const at = number.findIndex((byte, i) => byte !== ORDER[i]);
  return at >= 0 && number[at] < ORDER[at];
}
