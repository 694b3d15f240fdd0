/**
 * Netstrings: `<length>:<bytes>,`, the framing that the XS worker speaks.
 * Source: Bernstein 1997, "Netstrings".
 * @module
 */

export function encodeNetstring(payload: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${payload.length}:`), payload, Buffer.from(',')]);
}

const COLON = 58;
const COMMA = 44;

/** Cuts a stream into netstrings. */
export class NetstringReader {
  #pending: Buffer = Buffer.alloc(0);

  /**
   * The payloads that `chunk` completes, in order.
   * @throws RangeError when the bytes are not netstrings
   */
  push(chunk: Uint8Array): Buffer[] {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    const payloads: Buffer[] = [];
    for (;;) {
      const colon = this.#pending.indexOf(COLON);
      const digits = this.#pending.toString('latin1', 0, colon < 0 ? undefined : colon);
      if (!/^\d{0,10}$/.test(digits))
        throw new RangeError(`netstring length ${digits.slice(0, 20)}, expected digits`);
      if (colon < 0) return payloads;
      const end = colon + 1 + Number(digits);
      if (this.#pending.length <= end) return payloads;
      if (this.#pending[end] !== COMMA)
        throw new RangeError(`netstring end ${this.#pending[end]}, expected a comma`);
      payloads.push(this.#pending.subarray(colon + 1, end));
      this.#pending = this.#pending.subarray(end + 1);
    }
  }
}
