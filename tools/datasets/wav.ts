/**
 * Reads a wav file of one channel of 16-bit PCM. Strict: any other format is named and refused.
 * Chunks other than `fmt ` and `data` are passed over.
 * Source: Microsoft and IBM 1991, "Multimedia Programming Interface and Data Specifications 1.0".
 * @module
 */

export interface Wav {
  readonly sampleRate: number; // Hz
  readonly samples: Int16Array;
}

const PCM = 1;
const FORMAT_BYTES = 16;

/** @throws RangeError naming the byte, what stands there and what was expected */
export function parseWav(bytes: Uint8Array, sampleRate: number): Wav {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < 12) throw new RangeError(`wav file of ${bytes.length} bytes, expected 12 or more`);
  expectTag(view, 0, 'RIFF');
  expectTag(view, 8, 'WAVE');
  let hasFormat = false;
  for (let start = 12; start + 8 <= bytes.length; ) {
    const tag = tagAt(view, start);
    const size = view.getUint32(start + 4, true);
    const room = bytes.length - start - 8;
    if (size > room) {
      throw bad(start + 4, `size of chunk "${tag}"`, size, `at most ${room}, where the file ends`);
    }
    if (tag === 'fmt ') {
      checkFormat(view, start, size, sampleRate);
      hasFormat = true;
    }
    if (tag === 'data') {
      if (!hasFormat) throw bad(start, 'chunk', '"data"', '"fmt " before it');
      if (size % 2 !== 0) throw bad(start + 4, 'size of chunk "data"', size, 'a multiple of 2');
      const samples = Int16Array.from({ length: size / 2 }, (_, i) => view.getInt16(start + 8 + 2 * i, true));
      return { sampleRate, samples };
    }
    start += 8 + size + (size % 2); // chunks are padded to even length
  }
  throw new RangeError(`wav file of ${bytes.length} bytes without a chunk "data", expected one`);
}

function checkFormat(view: DataView, start: number, size: number, sampleRate: number): void {
  if (size < FORMAT_BYTES) throw bad(start + 4, 'size of chunk "fmt "', size, `${FORMAT_BYTES} or more`);
  const fields: readonly (readonly [offset: number, name: string, value: number, expected: number])[] = [
    [8, 'format code', view.getUint16(start + 8, true), PCM],
    [10, 'channels', view.getUint16(start + 10, true), 1],
    [12, 'sample rate', view.getUint32(start + 12, true), sampleRate],
    [22, 'bits per sample', view.getUint16(start + 22, true), 16],
  ];
  for (const [offset, name, value, expected] of fields) {
    if (value !== expected)
      throw bad(start + offset, name, value, `${expected}${name === 'format code' ? ' (PCM)' : ''}`);
  }
}

function expectTag(view: DataView, offset: number, tag: string): void {
  const given = tagAt(view, offset);
  if (given !== tag) throw bad(offset, 'tag', JSON.stringify(given), JSON.stringify(tag));
}

function tagAt(view: DataView, offset: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(offset + i)));
}

function bad(byte: number, name: string, value: number | string, expected: string): RangeError {
  return new RangeError(`wav file, byte ${byte}: ${name} ${value}, expected ${expected}`);
}
