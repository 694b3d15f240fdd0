/**
 * Writes traces of kernel calls: the memory before, each call with its arguments and result, the memory
 * after. What changes between calls by other hands is written as pokes, so a replay in C goes through the
 * same states.
 *
 *     'SPK1', then words of 32 bits, little-endian: NEW id bytes · POKE id at length bytes… · CALL kernel
 *     arguments… result, where a view is id and byte offset · CHECK id length bytes… · HASH id fnv1a ·
 *     FREE id · COUNT and STOP (count instructions between them) · END
 * @module
 */
import { closeSync, openSync, writeSync } from 'node:fs';

const OP = { end: 0, new: 1, poke: 2, call: 3, check: 4, free: 5, hash: 6, count: 7, stop: 8 } as const;

const MAGIC = 0x314b5053;

/** Buffers that the trace follows at once; the longest unused one is checked and left. */
const FOLLOWED = 6;

/** Calls between two hashes of the memory. */
const HASH_EVERY = 200;

/** What the recorder finds in its environment. */
export interface RecorderTerms {
  readonly trace: string;
  readonly numbers: Readonly<Record<string, number>>; // of kernels, by `callKey`
}

/** The name of the variable that holds RecorderTerms as JSON. */
export const RECORDER_TERMS = 'SPARROW_KERNEL_TRACE';

/** A kernel and the types of its views: what decides which C function is meant. */
export function callKey(name: string, views: readonly string[]): string {
  return `${name} ${[...views].sort()}`;
}

/** A kernel as recorded: its number follows from the types of its views. */
export type KernelNumber = (name: string, views: readonly string[]) => number;

interface Followed {
  readonly id: number;
  readonly live: Uint8Array;
  readonly shadow: Uint8Array; // as the replay has it
  used: number;
}

export class TraceWriter {
  /** Sees every call before it is made. */
  onCall: ((name: string, given: readonly unknown[]) => void) | undefined;
  readonly #file: number;
  readonly #kernelNumber: KernelNumber;
  readonly #followed = new Map<ArrayBufferLike, Followed>();
  readonly #block = new Uint8Array(1 << 20);
  readonly #view = new DataView(this.#block.buffer);
  #length = 0; // bytes of the block in use
  #calls = 0;

  constructor(path: string, kernelNumber: KernelNumber) {
    this.#file = openSync(path, 'w');
    this.#kernelNumber = kernelNumber;
    this.#put(MAGIC);
  }

  get calls(): number {
    return this.#calls;
  }

  /** Runs a kernel and writes its call. */
  call(
    name: string,
    kernel: (...given: never[]) => number | undefined,
    given: readonly unknown[],
  ): number | undefined {
    this.onCall?.(name, given);
    const views = given.filter((value) => ArrayBuffer.isView(value));
    const followed = new Map(views.map((view) => [view.buffer, this.#follow(view.buffer)]));
    for (const buffer of followed.values()) this.#pokeChanges(buffer);
    this.#put(
      OP.call,
      this.#kernelNumber(
        name,
        views.map((view) => view.constructor.name),
      ),
    );
    for (const value of given) {
      if (ArrayBuffer.isView(value)) this.#put((followed.get(value.buffer) as Followed).id, value.byteOffset);
      else this.#put(value as number);
    }
    const result = kernel(...(given as never[]));
    this.#put(result ?? 0);
    this.#calls++;
    for (const buffer of followed.values()) {
      buffer.shadow.set(buffer.live);
      buffer.used = this.#calls;
      if (this.#calls % HASH_EVERY === 0) this.#put(OP.hash, buffer.id, fnv1a(buffer.shadow));
    }
    return result;
  }

  /** From here on instructions count. */
  count(): void {
    this.#put(OP.count);
  }

  /** Till here. */
  stopCount(): void {
    this.#put(OP.stop);
  }

  close(): void {
    for (const buffer of this.#followed.keys()) this.#leave(buffer);
    this.#put(OP.end);
    this.#flush();
    closeSync(this.#file);
  }

  #follow(buffer: ArrayBufferLike): Followed {
    const known = this.#followed.get(buffer);
    if (known !== undefined) {
      known.used = this.#calls;
      return known;
    }
    if (this.#followed.size >= FOLLOWED) {
      const [oldest] = [...this.#followed].sort(([, a], [, b]) => a.used - b.used);
      this.#leave(oldest[0]);
    }
    const taken = [...this.#followed.values()].map(({ id }) => id);
    const id = Array.from({ length: FOLLOWED }, (_, i) => i).find((i) => !taken.includes(i)) as number;
    const live = new Uint8Array(buffer);
    const followed = { id, live, shadow: new Uint8Array(live.length), used: this.#calls };
    this.#followed.set(buffer, followed);
    this.#put(OP.new, id, live.length);
    return followed;
  }

  #leave(buffer: ArrayBufferLike): void {
    const { id, shadow } = this.#followed.get(buffer) as Followed;
    this.#put(OP.check, id, shadow.length);
    this.#bytes(shadow);
    this.#put(OP.free, id);
    this.#followed.delete(buffer);
  }

  /** One poke from the first to the last byte of each stretch that changed; gaps of 16 are filled. */
  #pokeChanges({ id, live, shadow }: Followed): void {
    if (Buffer.compare(live, shadow) === 0) return;
    for (let at = 0; at < live.length; at++) {
      if (live[at] === shadow[at]) continue;
      let end = at + 1;
      for (let i = end; i < live.length && i < end + 16; i++) if (live[i] !== shadow[i]) end = i + 1;
      this.#put(OP.poke, id, at, end - at);
      this.#bytes(live.subarray(at, end));
      at = end;
    }
    shadow.set(live);
  }

  #put(...words: number[]): void {
    for (const word of words) {
      if (this.#length + 4 > this.#block.length) this.#flush();
      this.#view.setInt32(this.#length, word, true);
      this.#length += 4;
    }
  }

  /** Padded with zeros to whole words. */
  #bytes(bytes: Uint8Array): void {
    const length = (bytes.length + 3) & ~3;
    if (this.#length + length > this.#block.length) this.#flush();
    if (length > this.#block.length) {
      writeSync(this.#file, bytes);
      writeSync(this.#file, new Uint8Array(length - bytes.length));
      return;
    }
    this.#block.set(bytes, this.#length);
    this.#block.fill(0, this.#length + bytes.length, this.#length + length);
    this.#length += length;
  }

  #flush(): void {
    writeSync(this.#file, this.#block, 0, this.#length);
    this.#length = 0;
  }
}

function fnv1a(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
  return hash | 0;
}
