/**
 * Stands for the SDK's modules `crypt`, `curve`, `ecdsa` and `ecp`. It cannot compute anything: firmware without a
 * public key never asks it to.
 * @module
 */

/** Each of the modules has one class; here they are the same. */
export class Absent {
  constructor() {
    throw new Error('no cryptography on the stand-ins, expected firmware without a key');
  }

  static fromOctetString(): Absent {
    return new Absent();
  }
}

export { Absent as Digest, Absent as default };
