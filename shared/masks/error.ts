/**
 * Bytes that are not a mask. Only decoding throws it; the protocol turns it into its own error.
 * @module
 */
export class MaskError extends RangeError {
  override readonly name = 'MaskError';
}
