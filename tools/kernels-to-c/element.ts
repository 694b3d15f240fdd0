/**
 * The elements of the arena's views: their names in TypeScript and in C.
 * @module
 */

export interface Element {
  readonly array: string; // TypeScript's view
  readonly short: string; // ending of a function that exists for several types
  readonly c: string;
  readonly bytes: number;
  readonly isSigned: boolean;
}

/** In the order of the driver's and the glue's numbers. */
export const ELEMENTS: readonly Element[] = [
  { array: 'Int8Array', short: 'i8', c: 'int8_t', bytes: 1, isSigned: true },
  { array: 'Uint8Array', short: 'u8', c: 'uint8_t', bytes: 1, isSigned: false },
  { array: 'Int16Array', short: 'i16', c: 'int16_t', bytes: 2, isSigned: true },
  { array: 'Uint16Array', short: 'u16', c: 'uint16_t', bytes: 2, isSigned: false },
  { array: 'Int32Array', short: 'i32', c: 'int32_t', bytes: 4, isSigned: true },
  { array: 'Uint32Array', short: 'u32', c: 'uint32_t', bytes: 4, isSigned: false },
];

export function elementOf(array: string): Element | undefined {
  return ELEMENTS.find((element) => element.array === array);
}
