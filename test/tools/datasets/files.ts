/** Small data files made by the tests, in folders that go away. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';

/** Files by their path in a folder. */
export type Files = Readonly<Record<string, Uint8Array | string>>;

/** Runs `use` with a folder of these files. */
export async function withFiles(files: Files, use: (folder: string) => void | Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sparrow-data-'));
  try {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** An idx file of unsigned bytes. */
export function idxBytes(shape: readonly number[], values: readonly number[]): Uint8Array {
  const sizes = shape.flatMap((size) => [size >>> 24, (size >> 16) & 255, (size >> 8) & 255, size & 255]);
  return Uint8Array.of(0, 0, 8, shape.length, ...sizes, ...values);
}

export interface WavFields {
  readonly code?: number;
  readonly channels?: number;
  readonly sampleRate?: number;
  readonly bits?: number;
  readonly formatBytes?: number;
  readonly before?: readonly number[]; // bytes of a chunk before the samples
}

/** A wav file of 16-bit samples, right in all that `fields` leaves out. */
export function wavBytes(samples: ArrayLike<number>, fields: WavFields = {}): Uint8Array {
  const { code = 1, channels = 1, sampleRate = 16_000, bits = 16, formatBytes = 16, before = [] } = fields;
  const bytes = new Uint8Array(20 + formatBytes + before.length + 8 + 2 * samples.length);
  const view = new DataView(bytes.buffer);
  const tag = (offset: number, text: string) => bytes.set(new TextEncoder().encode(text), offset);
  tag(0, 'RIFF');
  view.setUint32(4, bytes.length - 8, true);
  tag(8, 'WAVEfmt ');
  view.setUint32(16, formatBytes, true);
  view.setUint16(20, code, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, sampleRate, true);
  view.setUint16(34, bits, true);
  bytes.set(before, 20 + formatBytes);
  const data = 20 + formatBytes + before.length;
  tag(data, 'data');
  view.setUint32(data + 4, 2 * samples.length, true);
  for (let i = 0; i < samples.length; i++) view.setInt16(data + 8 + 2 * i, samples[i], true);
  return bytes;
}

/** A sine of `hz`, 16-bit samples at 16 kHz. */
export function tone(hz: number, samples = 16_000, amplitude = 8000): Int16Array {
  return Int16Array.from({ length: samples }, (_, i) =>
    Math.round(amplitude * Math.sin((2 * Math.PI * hz * i) / 16_000)),
  );
}

/** `call` must throw a RangeError with exactly this message. */
export function refuses(call: () => unknown, message: string): void {
  assert.is(messageOf(call), message);
}

/** `call` must reject with a RangeError with exactly this message. */
export async function rejects(call: () => Promise<unknown>, message: string): Promise<void> {
  let given = 'no error';
  try {
    await call();
  } catch (error) {
    given = error instanceof RangeError ? error.message : String(error);
  }
  assert.is(given, message);
}

function messageOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return error instanceof RangeError ? error.message : String(error);
  }
  return 'no error';
}
