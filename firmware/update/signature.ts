/**
 * Whether firmware was signed by its maker.
 * @module
 */
import { type Firmware, signedBytes } from '../../shared/protocol/firmware.js';
import type { Crypto } from '../ports/ports.js';
import { hasScalars } from './scalar.js';

export function isSignedBy(key: Uint8Array, firmware: Firmware, crypto: Crypto): boolean {
  const { signature } = firmware;
  return hasScalars(signature) && crypto.isSigned(key, signedBytes(firmware), signature);
}
