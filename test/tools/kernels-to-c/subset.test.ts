import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readModule, SourceModules } from '../../../tools/kernels-to-c/source.js';
import { Translation } from '../../../tools/kernels-to-c/translation.js';

const test = suite('kernels-to-c/subset');

/** The C of a module of this text. */
function translated(text: string): string {
  const modules = new SourceModules('.');
  const module = readModule('kernel.ts', text);
  return new Translation(
    modules,
    module,
    () => true,
    () => [],
  ).file();
}

/** The C of one function's body. */
function body(statements: string): string {
  const text = translated(
    `export function f(a: Int16Array, b: Int32Array, x: number, y: number): void {\n${statements}\n}`,
  );
  return text.slice(text.indexOf('\n{\n') + 3, text.lastIndexOf('\n}')).trim();
}

test('a kernel becomes a C function with its comments; only views that are not written to are const', () => {
  const text = translated(`/** Sums. */
import { ONE } from './one.js';
/** Limit. */
const LIMIT = 1 << 4;
/** out += in. */
export function add(out: Int32Array, at: number, values: Int16Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    // why
    if (sum < LIMIT && values[i] !== 0) sum += values[i];
    out[at + i] = sum; // what
  }
  return sum;
}`);
  assert.is(
    text.slice(text.indexOf('/** Limit')),
    `/** Limit. */
enum { LIMIT = 1 << 4 };

/** out += in. */
int32_t sparrow_add(int32_t *out, int32_t at, const int16_t *values, int32_t n)
{
  SPARROW_POINTER(int32_t, out_at, out + at)
  int32_t sum = 0;
  for (int32_t i = 0; i < n; i++) {
    // why
    if (sum < LIMIT && values[i] != 0) sum += values[i];
    out_at[i] = sum; // what
  }
  return sum;
}
`,
  );
});

test('what wraps in JavaScript wraps in C, what is stored is cut, and a quotient is cut towards zero', () => {
  assert.is(body('b[0] = x << y;'), 'b[0] = sparrow_shl(x, y);');
  assert.is(body('b[0] = 1 << y;'), 'b[0] = 1 << y;');
  assert.is(body('b[0] = x >>> 3;'), 'b[0] = sparrow_shr(x, 3);');
  assert.is(body('b[0] = Math.imul(x, y);'), 'b[0] = sparrow_imul(x, y);');
  assert.is(body('b[0] = (x + y) | 0;'), 'b[0] = (int32_t)((uint32_t)x + (uint32_t)y);');
  assert.is(body('b[0] = (x / y) | 0;'), 'b[0] = x / y;');
  assert.is(body('a[0] = x + y;'), 'a[0] = (int16_t)(x + y);');
});

test('branches and loops keep their shape', () => {
  assert.is(
    body('if (x > 0) {\nb[0] = 1;\n} else if (y > 0) b[0] = 2;\nelse {\nb[0] = 3;\n}'),
    'if (x > 0) {\n    b[0] = 1;\n  } else if (y > 0) b[0] = 2;\n  else {\n    b[0] = 3;\n  }',
  );
  assert.is(
    body('let z = x;\ndo {\nz--;\n} while (z > 0);'),
    'int32_t z = x;\n  do {\n    z--;\n  } while (z > 0);',
  );
});

test('a local that only walks through one view is a pointer, another a number', () => {
  assert.is(
    body('let i = x + 1;\nlet z = 0;\nfor (; i + 2 <= y; i += 2) z += a[i] + a[i + 1];\nb[0] = z;'),
    'const int16_t *i = a + x + 1;\n  int32_t z = 0;\n  for (; i + 2 <= a + y; i += 2) z += i[0] + i[1];\n  b[0] = z;',
  );
  assert.match(
    body('for (let i = 0; i < y; i++) {\nconst p = x + 2 * i;\nb[0] = a[p] - a[p + 1];\n}'),
    'const int16_t *const p = a_x + 2 * i;\n    b[0] = p[0] - p[1];',
  );
  for (const use of ['b[i] = i;', 'b[y - i] = a[i];', 'b[i] = a[i];', 'if (x < i) b[i] = 1;']) {
    assert.match(body(`let i = x;\n${use}`), 'int32_t i = x;');
  }
});

test('a long sum in two statements is fenced between them', () => {
  const long = (from: number) => [0, 1, 2, 3].map((k) => `a[x + ${from + k}]`).join(' + ');
  assert.match(body(`let z = ${long(0)};\nz += ${long(4)};\nb[0] = z;`), 'SPARROW_FENCE\n  z += ');
  assert.not.match(body(`let z = ${long(0)};\nb[1] = y;\nz += ${long(4)};\nb[0] = z;`), 'SPARROW_FENCE');
});

test('an element is not read before the sum that used up the one before it', () => {
  const sums =
    'const p = a[x];\nlet z = p * 3;\nconst q = a[x + 1];\nz += q * 5;\nconst r = a[x + 2];\nb[0] = z + r;';
  const text = body(sums);
  assert.match(text, 'SPARROW_FENCE\n  const int32_t r = ');
  assert.not.match(text, 'SPARROW_FENCE\n  const int32_t q = ');
});

test('a test against a limit seldom holds, another may', () => {
  const text = body(
    'const yMax = y;\nlet z = x;\nif (z > yMax) z = yMax;\nelse if (z < -yMax) z = -yMax;\nif (z > y) z = 1;',
  );
  assert.match(text, 'if (SPARROW_SELDOM(z > yMax)) z = yMax;');
  assert.match(text, 'if (SPARROW_SELDOM(z < -yMax)) z = -yMax;');
  assert.match(text, 'if (z > y) z = 1;');
});

test('what a private function writes is no constant view; in a kernel module it is a part', () => {
  const text = translated(
    'export function f(a: Int16Array, x: number): void { g(a, x); }\n' +
      'function g(out: Int16Array, at: number): void { out[at] = 1; }',
  );
  assert.match(text, 'SPARROW_PART void kernel_g(int16_t *out, int32_t at)');
  assert.match(text, 'void sparrow_f(int16_t *a, int32_t x)');
});

test('a function of a module below the kernels is a part of its caller, one of shared/fixed is inlined', () => {
  const root = mkdtempSync(join(tmpdir(), 'sparrow-subset-'));
  try {
    const write = (path: string, text: string) => writeFileSync(join(root, path), text);
    for (const folder of ['firmware/kernels/ways', 'shared/fixed'])
      mkdirSync(join(root, folder), { recursive: true });
    write('shared/fixed/twice.ts', 'export function twice(x: number): number { return 2 * x; }');
    write(
      'firmware/kernels/ways/one.ts',
      "import { twice } from '../../../shared/fixed/twice.js';\n" +
        'export function one(a: Int16Array, x: number): void { a[x] = twice(x); }',
    );
    write(
      'firmware/kernels/all.ts',
      "import { one } from './ways/one.js';\nexport function all(a: Int16Array): void { one(a, 1); }",
    );
    const modules = new SourceModules(root);
    const isKernels = (path: string) => path === 'firmware/kernels/all.ts';
    const text = new Translation(
      modules,
      modules.module('firmware/kernels/all.ts'),
      isKernels,
      () => [],
    ).file();
    assert.match(text, 'SPARROW_PART void one_one(int16_t *a, int32_t x)');
    assert.match(text, 'static inline int32_t twice_twice(int32_t x)');
    assert.match(text, 'void sparrow_all(int16_t *a)');
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

test('a view of several types gives a function for each', () => {
  const text = translated('export function f(a: Uint8Array | Int8Array, i: number): number { return a[i]; }');
  assert.match(text, 'int32_t sparrow_f_u8(const uint8_t *a, int32_t i)');
  assert.match(text, 'int32_t sparrow_f_i8(const int8_t *a, int32_t i)');
});

const WRONG: readonly (readonly [string, RegExp])[] = [
  ['const z = x / y;', /kernel\.ts:2: x \/ y: a quotient is \(a \/ b\) \| 0/],
  ['const z = x + 0.5;', /kernel\.ts:2: 0\.5: a number is an integer/],
  ['if (x) b[0] = 1;', /kernel\.ts:2: x: a condition is a comparison/],
  ['if (x == y) b[0] = 1;', /kernel\.ts:2: x == y: a condition is a comparison/],
  ['const z = x >>> 0;', /kernel\.ts:2: x >>> 0: >>> is by a constant of 1 to 31/],
  ['const z = Math.max(x, y);', /kernel\.ts:2: Math\.max\(x, y\): of Math there are imul and clz32/],
  ['\nb[x++] = 1;', /kernel\.ts:3: x\+\+: /],
  ['const z = [x];', /kernel\.ts:2: \[x\]: not an expression of the kernel subset/],
  ['throw new Error();', /kernel\.ts:2: throw new Error\(\);: a statement is/],
  ['const { length } = a;', /kernel\.ts:2: .*a local is let or const, one name/],
  ['const z = a.length;', /kernel\.ts:2: a\.length: not an expression/],
  ['const z = missing + 1;', /kernel\.ts:2: missing: a name is a parameter, a local or a constant/],
  ['for (const v of a) b[0] = v;', /kernel\.ts:2: for \(const v of a\) b\[0\] = v;: a statement is/],
  ['const z = x > y;', /kernel\.ts:2: x > y: a comparison is no number/],
  ['x = 1;', /kernel\.ts:2: x: a parameter or a const is not assigned to/],
  ['const z = b;', /kernel\.ts:2: b: a view is read by element/],
  ['const z = (x * y) | 0;', /kernel\.ts:2: .*\| 0 follows a quotient, a sum or a difference/],
];

for (const [statement, error] of WRONG) {
  test(`outside the subset: ${statement.trim()}`, () => {
    assert.throws(() => body(statement), error);
  });
}

test('a parameter that is no number and no view is refused', () => {
  assert.throws(() => translated('export function f(a: number[]): void {}'), /kernel\.ts:1: number\[\]: /);
  assert.throws(() => translated('export function f(a = 1): void {}'), /a parameter is a name with a type/);
  assert.throws(() => translated('export function f(a: number) {}'), /a kernel returns number or void/);
});

test.run();
