/**
 * kernels.h: the prototypes of all kernels, for the C files themselves, the driver and the glue.
 * @module
 */
import { prototype } from './function.js';
import type { Kernel } from './translation.js';

export function headerFile(kernels: readonly Kernel[]): string {
  return [
    '/**',
    ' * The kernels of firmware/kernels in C99, made by tools/kernels-to-c: do not edit.',
    ' *',
    ' * A view and its offset are two arguments; lengths follow from the numbers as each comment says. Tensors of',
    ' * one call do not overlap. Sums fit int32 by the bounds stated; nothing is allocated.',
    ' */',
    '#ifndef SPARROW_KERNELS_H',
    '#define SPARROW_KERNELS_H',
    '#include <stdint.h>',
    '',
    '/** Leading zeros of 32 bits, 32 for 0: Math.clz32. */',
    'static inline int32_t sparrow_clz32(int32_t x) {',
    '  return x == 0 ? 32 : __builtin_clz((uint32_t)x);',
    '}',
    '',
    '/**',
    ' * A pointer that the compiler must not take apart again: gcc would add the parts of its address for every',
    ' * element that is read from there on.',
    ' */',
    '#define SPARROW_POINTER(TYPE, NAME, ADDRESS) \\',
    '  TYPE *NAME __attribute__((unused)) = ADDRESS; \\',
    '  __asm__("" : "+r"(NAME));',
    '',
    '/** No load moves across: gcc would read all elements of a long sum first, into more registers than there are. */',
    '#define SPARROW_FENCE __asm__ volatile("" : : : "memory");',
    '',
    '/** A test that seldom holds: what follows it needs no registers at hand and lies beside the way. */',
    '#define SPARROW_SELDOM(TEST) __builtin_expect(TEST, 0)',
    '',
    '/** A part of a kernel: inlined, its loop would share the registers with the loops around it. */',
    '#define SPARROW_PART static __attribute__((noinline))',
    '',
    '/** x << n, x >>> n (n from 1) and Math.imul, which wrap in 32 bits. */',
    'static inline int32_t sparrow_shl(int32_t x, int32_t n) {',
    '  return (int32_t)((uint32_t)x << (n & 31));',
    '}',
    'static inline int32_t sparrow_shr(int32_t x, int32_t n) {',
    '  return (int32_t)((uint32_t)x >> (n & 31));',
    '}',
    'static inline int32_t sparrow_imul(int32_t x, int32_t y) {',
    '  return (int32_t)((uint32_t)x * (uint32_t)y);',
    '}',
    '',
    ...kernels.map(({ variant, name, written }) => `${prototype(variant, name, written)};`),
    '',
    '#endif',
    '',
  ].join('\n');
}
