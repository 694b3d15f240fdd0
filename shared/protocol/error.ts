/**
 * Bytes from outside that are not what they claim to be. Only decoding throws it, so whoever handles
 * a message catches this and nothing else.
 * @module
 */
export type ProtocolErrorCode =
  | 'length' // too short, too long, or lengths that disagree
  | 'magic' // no frame of ours
  | 'version' // another frame format, or other numerics
  | 'kind' // another frame than the topic says
  | 'checksum'
  | 'device' // the frame was made by another device than the topic says
  | 'field'; // a value out of range

export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly code: ProtocolErrorCode;

  constructor(code: ProtocolErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Runs a decoder. The checks that encoder and decoder share throw RangeError (masks and models, too):
 * in a decoder the bytes are at fault, so it becomes a ProtocolError.
 */
export function decoding<T>(decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof RangeError) throw new ProtocolError('field', error.message);
    throw error;
  }
}
