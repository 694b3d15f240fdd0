/**
 * The few pieces of DER that a certificate is made of. It writes and never reads; it knows nothing of
 * what they mean.
 * Source: ITU-T X.690, sections 8 and 10.
 * @module
 */

const SEQUENCE = 0x30;
const SET = 0x31;
const CONTEXT = 0x80;
const CONSTRUCTED = 0x20;
const LAST_OF_UTC_TIME = 2049; // RFC 5280, section 4.1.2.5

export function sequence(...parts: readonly Uint8Array[]): Buffer {
  return tagged(SEQUENCE, Buffer.concat(parts));
}

export function setOf(part: Uint8Array): Buffer {
  return tagged(SET, part);
}

/** @param bytes of an integer that is not negative, big-endian */
export function integer(bytes: Uint8Array): Buffer {
  const from = bytes.findIndex((byte) => byte !== 0);
  const value = Buffer.from(from < 0 ? [0] : bytes.subarray(from));
  return tagged(0x02, value[0] > 127 ? Buffer.concat([Buffer.of(0), value]) : value);
}

export function boolean(value: boolean): Buffer {
  return tagged(0x01, Buffer.of(value ? 0xff : 0));
}

export function octetString(bytes: Uint8Array): Buffer {
  return tagged(0x04, bytes);
}

/** @param unused bits at the end of the last byte */
export function bitString(bytes: Uint8Array, unused = 0): Buffer {
  return tagged(0x03, Buffer.concat([Buffer.of(unused), bytes]));
}

export function utf8String(text: string): Buffer {
  return tagged(0x0c, Buffer.from(text));
}

/** @param id such as `2.5.29.15` */
export function objectId(id: string): Buffer {
  const [first, second, ...rest] = id.split('.').map(Number);
  const bytes = [40 * first + second, ...rest].flatMap((arc) => {
    const digits = [arc & 127];
    for (let left = arc >> 7; left > 0; left >>= 7) digits.unshift((left & 127) | 128);
    return digits;
  });
  return tagged(0x06, Uint8Array.from(bytes));
}

/** To the second. */
export function time(date: Date): Buffer {
  const text = date.toISOString().replace(/[-:T]|\.\d+/g, ''); // 20260102030405Z
  const isShort = date.getUTCFullYear() <= LAST_OF_UTC_TIME;
  return tagged(isShort ? 0x17 : 0x18, Buffer.from(isShort ? text.slice(2) : text));
}

/** A whole element within the tag `number` of its surroundings. */
export function explicit(number: number, part: Uint8Array): Buffer {
  return tagged(CONTEXT | CONSTRUCTED | number, part);
}

/** Bytes whose own tag is replaced by `number` of its surroundings. */
export function implicit(number: number, bytes: Uint8Array): Buffer {
  return tagged(CONTEXT | number, bytes);
}

function tagged(tag: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(tag, ...lengthOf(bytes.length)), bytes]);
}

function lengthOf(length: number): number[] {
  if (length < 128) return [length];
  return length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
}
