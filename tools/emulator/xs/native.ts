/**
 * What the XS host gives a script: the global `host`, made in `tools/xs/host/main.c`.
 * @module
 */

export interface Host {
  /** Sends a frame. */
  send(kind: number, ...parts: readonly (number | string | Uint8Array)[]): void;
  /** The next part of the frame in hand, in one of three ways. */
  integer(): number;
  text(): string;
  /** As many bytes as `out` holds; their count is the part `integer` before them. */
  copy(out: Uint8Array): void;
  nowMs(): number;
  readExample(index: number, out: Uint8Array): number;
  eraseFlash(slot: number): void;
  writeFlash(slot: number, offset: number, bytes: Uint8Array): void;
  readFlash(slot: number, offset: number, out: Uint8Array): void;
  loadRecord(): ArrayBuffer | undefined;
  saveRecord(bytes: Uint8Array): void;
  /** A whole chip of NOR flash; offset and bytes of an erase are multiples of 4,096. */
  eraseChip(offset: number, bytes: number): void;
  writeChip(offset: number, bytes: Uint8Array): void;
  readChip(offset: number, out: Uint8Array): void;
  /** What the heap's limits leave, after a collection. */
  freeBytes(): number;
}

/** Globals of a script on the XS host. */
export interface HostGlobals {
  readonly host: Host;
  /** Called by the host for a frame that is not its own. */
  receive: (kind: number) => void;
  /** Called by the host between frames. @returns ms until it must be called again, -1: no timer */
  turn: () => number;
}

/** The global object, as those globals. */
export function globals<T>(): HostGlobals & T {
  return globalThis as unknown as HostGlobals & T;
}
