/**
 * Packets of MQTT 3.1.1 for the stand-in of the SDK's client: headers out, and in.
 * Source: MQTT 3.1.1, sections 2 and 3.
 * @module
 */

export const OPERATION = {
  connect: 1,
  connack: 2,
  publish: 3,
  puback: 4,
  pubrec: 5,
  pubrel: 6,
  pubcomp: 7,
  subscribe: 8,
  suback: 9,
  unsubscribe: 10,
  unsuback: 11,
  pingreq: 12,
  pingresp: 13,
  disconnect: 14,
} as const;

/** The fixed header and then `parts`, of which the last may be longer than what goes out now. */
export function packet(first: number, restBytes: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length: number[] = [];
  for (let left = restBytes; length.length === 0 || left > 0; left = Math.floor(left / 128)) {
    length.push((left % 128) | (left > 127 ? 128 : 0));
  }
  const bytes = new Uint8Array(1 + length.length + parts.reduce((sum, part) => sum + part.length, 0));
  bytes[0] = first;
  bytes.set(length, 1);
  let at = 1 + length.length;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export function uint16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 0xff);
}

/** Length and bytes; text is ASCII here. */
export function field(value: string | ArrayBuffer): Uint8Array {
  const bytes =
    typeof value === 'string'
      ? Uint8Array.from({ length: value.length }, (_, i) => value.charCodeAt(i))
      : new Uint8Array(value);
  const out = new Uint8Array(2 + bytes.length);
  out.set(uint16(bytes.length));
  out.set(bytes, 2);
  return out;
}

/** What stands before a message's payload, or the whole of another packet. */
export interface Head {
  readonly operation: number;
  readonly qos: number;
  readonly topic: string; // of a message
  readonly id: number; // 0 where there is none
  readonly code: number; // of CONNACK
  readonly codes: readonly number[]; // of SUBACK
  readonly payloadBytes: number; // of a message
}

/** Takes one byte after the other until a head is whole. */
export class HeadReader {
  #bytes: number[] = [];

  /** @returns the head that this byte completes; the next byte begins another one */
  push(byte: number): Head | undefined {
    this.#bytes.push(byte);
    const bytes = this.#bytes;
    let at = 1;
    let rest = 0;
    do {
      if (at >= bytes.length) return undefined;
      rest += (bytes[at] & 127) * 128 ** (at - 1);
    } while (bytes[at++] & 128);
    const operation = bytes[0] >> 4;
    const qos = (bytes[0] >> 1) & 3;
    const isMessage = operation === OPERATION.publish;
    const topicBytes = isMessage && bytes.length >= at + 2 ? bytes[at] * 256 + bytes[at + 1] : 0;
    const need = isMessage ? 2 + topicBytes + (qos > 0 ? 2 : 0) : rest;
    if (bytes.length < at + need || (isMessage && bytes.length < at + 2)) return undefined;
    this.#bytes = [];
    const body = bytes.slice(at);
    const idAt = isMessage ? 2 + topicBytes : 0;
    const hasId = isMessage ? qos > 0 : rest >= 2 && operation !== OPERATION.connack;
    return {
      operation,
      qos,
      topic: String.fromCharCode(...body.slice(2, 2 + topicBytes)),
      id: hasId ? body[idAt] * 256 + body[idAt + 1] : 0,
      code: operation === OPERATION.connack ? body[1] : 0,
      codes: operation === OPERATION.suback ? body.slice(2) : [],
      payloadBytes: isMessage ? rest - need : 0,
    };
  }
}
