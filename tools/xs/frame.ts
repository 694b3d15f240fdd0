/**
 * Frames between Node and the XS host (`host/pipe.h`): length as uint32, kind as one byte, then parts,
 * little-endian. A part is a uint32, or a uint32 and as many bytes.
 * @module
 */

export type Part = number | string | Uint8Array;

const HEADER_BYTES = 5;

export function encodeHostFrame(kind: number, parts: readonly Part[]): Buffer {
  const pieces = parts.flatMap((part) => {
    if (typeof part === 'number') return [uint32(part)];
    const bytes = typeof part === 'string' ? Buffer.from(part) : part;
    return [uint32(bytes.length), bytes];
  });
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  return Buffer.concat([uint32(length), Uint8Array.of(kind), ...pieces]);
}

/** One frame; its parts are read in order. */
export class HostFrame {
  readonly kind: number;
  readonly #bytes: Buffer;
  #at = 0;

  constructor(kind: number, bytes: Buffer) {
    this.kind = kind;
    this.#bytes = bytes;
  }

  integer(): number {
    this.#at += 4;
    return this.#bytes.readUInt32LE(this.#at - 4);
  }

  text(): string {
    return this.bytes().toString('utf8');
  }

  /** A view: valid as long as the frame is. */
  bytes(): Buffer {
    const length = this.integer();
    this.#at += length;
    if (this.#at > this.#bytes.length) throw new RangeError(`part of ${length} bytes, expected fewer`);
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}

/** Cuts a stream into frames. */
export class HostFrameReader {
  #pieces: Buffer[] = [];
  #length = 0;
  #needed = HEADER_BYTES;

  /** The frames that `chunk` completes, in order. */
  push(chunk: Buffer): HostFrame[] {
    this.#pieces.push(chunk);
    this.#length += chunk.length;
    if (this.#length < this.#needed) return [];
    let bytes = Buffer.concat(this.#pieces, this.#length);
    const frames: HostFrame[] = [];
    while (bytes.length >= (this.#needed = neededFor(bytes))) {
      frames.push(new HostFrame(bytes[4], bytes.subarray(HEADER_BYTES, this.#needed)));
      bytes = bytes.subarray(this.#needed);
    }
    this.#pieces = [bytes];
    this.#length = bytes.length;
    return frames;
  }
}

/** Bytes of the first frame; of its header while that is not there. */
function neededFor(bytes: Buffer): number {
  return bytes.length < HEADER_BYTES ? HEADER_BYTES : HEADER_BYTES + bytes.readUInt32LE(0);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
