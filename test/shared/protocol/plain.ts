/**
 * Values with typed arrays, made fit for comparison and JSON. Runs on Node and on XS.
 * @module
 */

/** The value with its typed arrays as lists. */
export function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, part) => (ArrayBuffer.isView(part) ? listOf(part) : part)));
}

function listOf(view: ArrayBufferView): number[] {
  return [...(view as Uint8Array)];
}
