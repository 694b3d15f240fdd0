/**
 * Holds a kernel against its naive twin: both run on equal arenas of random bytes in which the
 * tensors lie at random places, so a write beside a tensor shows as much as a wrong value.
 */
import * as assert from 'uvu/assert';
import type { Random } from '../../../shared/fixed/random.js';

export interface TensorSpec {
  readonly type: 'i8' | 'u8' | 'i16' | 'u16' | 'i32' | 'u32';
  readonly values: ArrayLike<number>;
  readonly out?: boolean; // a kernel may change it
}

export type Specs = Readonly<Record<string, TensorSpec>>;

/** Views of one buffer and the element offset of each tensor. */
export class Arena<S extends Specs> {
  readonly i8: Int8Array;
  readonly u8: Uint8Array;
  readonly i16: Int16Array;
  readonly u16: Uint16Array;
  readonly i32: Int32Array;
  readonly u32: Uint32Array;
  readonly at: Readonly<Record<keyof S, number>>;

  constructor(buffer: ArrayBuffer, at: Readonly<Record<keyof S, number>>) {
    this.i8 = new Int8Array(buffer);
    this.u8 = new Uint8Array(buffer);
    this.i16 = new Int16Array(buffer);
    this.u16 = new Uint16Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.u32 = new Uint32Array(buffer);
    this.at = at;
  }

  copy(): Arena<S> {
    return new Arena(this.u8.slice().buffer, this.at);
  }
}

const BYTES = { i8: 1, u8: 1, i16: 2, u16: 2, i32: 4, u32: 4 } as const;

export function arenaOf<S extends Specs>(random: Random, specs: S): Arena<S> {
  const at: Record<string, number> = {};
  let bytes = 0;
  for (const [name, { type, values }] of Object.entries(specs)) {
    bytes += 4 * (1 + random.below(6)); // guard, and an offset that is not 0
    at[name] = bytes / BYTES[type];
    bytes = 4 * Math.ceil((bytes + values.length * BYTES[type]) / 4);
  }
  const arena = new Arena<S>(new ArrayBuffer(bytes + 16), at as Record<keyof S, number>);
  for (let i = 0; i < arena.u8.length; i++) arena.u8[i] = random.below(256);
  for (const [name, { type, values }] of Object.entries(specs)) arena[type].set(values, at[name]);
  return arena;
}

/**
 * Runs kernel and twin on copies of one arena: results and all bytes must be equal, and only
 * tensors marked `out` may have changed.
 * @returns the arena after the kernel
 */
export function checkTwin<S extends Specs>(
  random: Random,
  specs: S,
  kernel: (arena: Arena<S>) => unknown,
  twin: (arena: Arena<S>) => unknown,
  what: string,
): Arena<S> {
  const before = arenaOf(random, specs);
  const mine = before.copy();
  const naive = before.copy();
  assert.is(kernel(mine), twin(naive), `${what}: result`);
  const different = mine.u8.findIndex((byte, i) => byte !== naive.u8[i]);
  assert.is(different, -1, `${what}: byte ${different} of ${JSON.stringify(before.at)}`);
  for (const [name, { type, values, out }] of Object.entries(specs)) {
    if (out !== true) continue;
    const at = before.at[name] * BYTES[type];
    const end = at + values.length * BYTES[type];
    before.u8.set(mine.u8.subarray(at, end), at);
  }
  const beside = mine.u8.findIndex((byte, i) => byte !== before.u8[i]);
  assert.is(beside, -1, `${what}: byte ${beside} lies in no output of ${JSON.stringify(before.at)}`);
  return mine;
}

/** Values of one kind each: random, at both ends, all equal, mostly zero, all zero. */
export function filled(random: Random, length: number, least: number, most: number): number[] {
  const kind = random.below(6);
  const any = () => least + random.below(most - least + 1);
  const one = any();
  return Array.from({ length }, () => {
    if (kind === 0) return random.below(2) === 0 ? least : most;
    if (kind === 1) return one;
    if (kind === 2) return random.below(4) === 0 ? any() : 0;
    if (kind === 3) return 0;
    return any();
  });
}

/** [from, to) ranges that cover 0 to n - 1, of random lengths. */
export function ranges(random: Random, n: number): [number, number][] {
  const cuts: [number, number][] = [];
  for (let from = 0; from < n; ) {
    const to = Math.min(n, from + 1 + random.below(random.below(2) === 0 ? 2 : n));
    cuts.push([from, to]);
    from = to;
  }
  return cuts;
}
