/**
 * What checked kernels compute through: every sum, difference, product, negation, shift, quotient, read and store
 * is held against what an int32, or the element of the view, can take. The same is undefined, or cut without a
 * word, in C.
 * @module
 */

/** The variable with the name of the file in which a checked program tells at its end what it saw. */
export const SEEN_FILE = 'SPARROW_CHECKS_SEEN';

export class ArithmeticError extends Error {
  /** @param where kernel, file, line and expression */
  constructor(where: string, found: unknown, expected: string) {
    super(`${where}: ${found}, expected ${expected}`);
    this.name = 'ArithmeticError';
  }
}

type View = Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array;

const INT32 = 'an int32';

export class Checker {
  readonly #calls = new Map<string, number>();
  #checks = 0;

  /** Calls of each kernel. */
  get calls(): ReadonlyMap<string, number> {
    return this.#calls;
  }

  /** Values held against their bounds. */
  get checks(): number {
    return this.#checks;
  }

  enter(kernel: string): void {
    this.#calls.set(kernel, (this.#calls.get(kernel) ?? 0) + 1);
  }

  /** The exact result of an operation. A double holds what two int32 give, or is far beyond. */
  value(exact: number, where: string): number {
    this.#checks += 1;
    if (exact !== (exact | 0)) throw new ArithmeticError(where, exact, INT32);
    return exact;
  }

  /** An element; undefined beside the view. */
  read(view: View, index: number, where: string): number {
    this.#checks += 1;
    const value = view[index];
    if (value === undefined) throw new ArithmeticError(where, `index ${index}`, `0 to ${view.length - 1}`);
    if (value !== (value | 0)) throw new ArithmeticError(where, value, INT32);
    return value;
  }

  store(view: View, index: number, value: number, where: string): void {
    this.#checks += 1;
    if (view[index] === undefined)
      throw new ArithmeticError(where, `index ${index}`, `0 to ${view.length - 1}`);
    view[index] = value;
    if (view[index] !== value) {
      throw new ArithmeticError(where, value, `what an ${view.constructor.name} holds`);
    }
  }

  fill(view: View, value: number, from: number, to: number, where: string): void {
    if (!(from >= 0 && from <= to && to <= view.length)) {
      throw new ArithmeticError(where, `fill ${from} to ${to}`, `within 0 to ${view.length}`);
    }
    for (let i = from; i < to; i++) this.store(view, i, value, where);
  }

  /** Nothing is lost: so 0 may be shifted by 32, as clz32 says of it, which gives 0 everywhere. */
  left(value: number, bits: number, where: string): number {
    return this.value(this.#leftExact(value, bits, where), where);
  }

  /** For what `>>>` reads. */
  leftUnsigned(value: number, bits: number, where: string): number {
    const exact = this.#leftExact(value, bits, where);
    if (exact !== exact >>> 0) throw new ArithmeticError(where, exact, 'a uint32');
    return value << bits;
  }

  right(value: number, bits: number, where: string): number {
    return value >> this.#bits(bits, where);
  }

  rightUnsigned(value: number, bits: number, where: string): number {
    return this.value(value >>> this.#bits(bits, where), where);
  }

  /** Cut towards zero. */
  quotient(a: number, b: number, where: string): number {
    if (b === 0) throw new ArithmeticError(where, `${a} / 0`, 'a divisor');
    return this.value(Math.trunc(a / b), where);
  }

  remainder(a: number, b: number, where: string): number {
    if (b === 0) throw new ArithmeticError(where, `${a} % 0`, 'a divisor');
    return this.value(a % b, where);
  }

  #leftExact(value: number, bits: number, where: string): number {
    return bits === 32 ? value * 2 ** 32 : value * 2 ** this.#bits(bits, where);
  }

  #bits(bits: number, where: string): number {
    this.#checks += 1;
    if (bits !== (bits & 31)) throw new ArithmeticError(where, `a shift by ${bits}`, '0 to 31');
    return bits;
  }
}
