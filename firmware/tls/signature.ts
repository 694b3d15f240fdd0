/**
 * An ECDSA signature over P-256 as TLS and certificates carry it: two integers in DER.
 * Source: RFC 3279, section 2.2.3.
 * @module
 */
import { ProtocolError } from '../../shared/protocol/error.js';
import { hasScalars, SCALAR_BYTES } from '../update/scalar.js';
import { DerReader, INTEGER, SEQUENCE } from './der.js';

/**
 * @returns r and s, 32 bytes each, big-endian
 * @throws ProtocolError when it is none, or a number is out of range
 */
export function readSignature(bytes: Uint8Array): Uint8Array {
  const outer = new DerReader(bytes);
  const numbers = outer.enter(SEQUENCE);
  const signature = new Uint8Array(2 * SCALAR_BYTES);
  for (const end of [SCALAR_BYTES, 2 * SCALAR_BYTES]) {
    let number = numbers.next(INTEGER).content;
    while (number.length > 1 && number[0] === 0) number = number.subarray(1);
    if (number.length > SCALAR_BYTES)
      throw new ProtocolError('field', 'signature, expected numbers of P-256');
    signature.set(number, end - number.length);
  }
  if (!numbers.isDone || !outer.isDone || !hasScalars(signature)) {
    throw new ProtocolError('field', 'signature, expected two numbers of P-256');
  }
  return signature;
}
