import { transformSync } from 'esbuild';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Checker } from '../../../tools/kernels-to-c/checked/checker.js';
import { rewriteModule } from '../../../tools/kernels-to-c/checked/rewrite.js';
import { runChecked } from '../../../tools/kernels-to-c/checked/run.js';
import { kernelModules } from '../../../tools/kernels-to-c/modules.js';
import { readModule } from '../../../tools/kernels-to-c/source.js';
import { KERNEL_TESTS } from './programs.js';

const test = suite('kernels-to-c/checked');

const MAX = 2147483647;

type Body = (a: Int16Array, b: Int32Array, x: number, y: number) => unknown;

/** A checked function with this body: a is an Int16Array of 4, b an Int32Array of 4. */
function checked(statements: string): Body {
  const text = `function f(a: Int16Array, b: Int32Array, x: number, y: number): number {\n${statements}\nreturn 0;\n}`;
  const { file } = readModule('kernel.ts', text);
  const { code } = transformSync(
    rewriteModule(file, () => true),
    { loader: 'ts' },
  );
  const checker = new Checker();
  return new Function('kernelCheck', `${code}; return f;`)(checker) as Body;
}

function call(statements: string, x = 0, y = 0): { a: Int16Array; b: Int32Array; result: unknown } {
  const [a, b] = [new Int16Array(4), new Int32Array(4)];
  return { a, b, result: checked(statements)(a, b, x, y) };
}

test('what fits is computed as it is written', () => {
  const { a, b } = call(
    `// a comment stays
    let z = x + y * 3 - -x;
    z += 2; z -= 1; z >>= 1; z |= 1; z ^= 4; z &= 255;
    a[1] = z << 2;
    a[1] += 5;
    a[2] = (x / y) | 0;
    a[3] = x % y;
    for (let i = 0; i < 4; i++) b[i] = i > 1 ? a[i] : ~i;
    b[0]--;
    b.fill(7, 1, 2);`,
    -17,
    5,
  );
  let z = -17 + 5 * 3 - 17;
  z += 2;
  z -= 1;
  z >>= 1;
  z |= 1;
  z ^= 4;
  z &= 255;
  assert.equal([...a], [0, (z << 2) + 5, -3, -2]);
  assert.equal([...b], [-2, 7, -3, -2]);
});

test('what wraps by its own words may wrap', () => {
  const { b } = call(
    `b[0] = Math.imul(x, y);
    b[1] = (x + y) | 0;
    b[2] = (x << 1) >>> 1;
    b[3] = (0 << 32) >>> 3;`,
    MAX,
    MAX,
  );
  assert.equal([...b], [1, -2, MAX, 0]);
});

/** What must not pass. */
const FAULTS: readonly (readonly [statement: string, x: number, y: number, error: RegExp])[] = [
  ['b[0] = x + y;', MAX, 1, /^f, kernel\.ts:2: x \+ y: 2147483648, expected an int32$/],
  ['b[0] = x - y;', -MAX, 2, /x - y: -2147483649, expected an int32/],
  ['b[0] = x * y;', 65536, 32768, /x \* y: 2147483648, expected an int32/],
  ['b[0] = (x * y) >> 8;', 65536, 65536, /x \* y: 4294967296, expected an int32/],
  ['b[0] = -x;', -MAX - 1, 0, /-x: 2147483648, expected an int32/],
  ['let z = x; z += y;', MAX, MAX, /z \+= y: 4294967294, expected an int32/],
  ['let z = x;\nz++;', MAX, 0, /^f, kernel\.ts:3: z\+\+: 2147483648, expected an int32$/],
  ['b[0] = 1 << x;', 31, 0, /1 << x: 2147483648, expected an int32/],
  ['b[0] = x << y;', 3, 30, /x << y: 3221225472, expected an int32/],
  ['b[0] = x << y;', 1, 33, /x << y: a shift by 33, expected 0 to 31/],
  ['b[0] = x >> y;', 1, 32, /x >> y: a shift by 32, expected 0 to 31/],
  ['let z = x; z >>= y;', 1, -1, /z >>= y: a shift by -1, expected 0 to 31/],
  ['b[0] = (x << y) >>> 1;', 5, 30, /x << y: 5368709120, expected a uint32/],
  ['b[0] = (x / y) | 0;', 1, 0, /\(x \/ y\) \| 0: 1 \/ 0, expected a divisor/],
  ['b[0] = (x / y) | 0;', -MAX - 1, -1, /\(x \/ y\) \| 0: 2147483648, expected an int32/],
  ['b[0] = x % y;', 1, 0, /x % y: 1 % 0, expected a divisor/],
  ['a[0] = x;', 32768, 0, /a\[0\] = x: 32768, expected what an Int16Array holds/],
  ['a[0] = 32767; a[0] += x;', 1, 0, /a\[0\] \+= x: 32768, expected what an Int16Array holds/],
  ['a[0] = -32768; a[0]--;', 1, 0, /a\[0\]--: -32769, expected what an Int16Array holds/],
  ['a[x] = 1;', 4, 0, /a\[x\] = 1: index 4, expected 0 to 3/],
  ['b[0] = a[x];', -1, 0, /a\[x\]: index -1, expected 0 to 3/],
  ['a.fill(0, x, y);', 2, 5, /a\.fill\(0, x, y\): fill 2 to 5, expected within 0 to 4/],
  ['b[0] = 0;', 0.5, 0, /^f, kernel\.ts:1: x: number: 0\.5, expected an int32$/],
  ['b[0] = Math.clz32(x + y);', MAX, 1, /x \+ y: 2147483648, expected an int32/],
  ['if (x + y > 0 || x - y < 0) b[0] = 1;', MAX, -MAX, /x - y: 4294967294, expected an int32/],
];

for (const [statement, x, y, error] of FAULTS) {
  test(`${statement.replace('\n', ' ')} with ${x} and ${y} is told with kernel, line and expression`, () => {
    assert.throws(() => call(statement, x, y), error);
  });
}

test('a fault in a kernel is found by that kernel’s tests', async () => {
  const faults: readonly (readonly [file: string, good: string, bad: string, error: RegExp])[] = [
    [
      'dense',
      's0 += w * inputs[x];',
      's0 += w * inputs[x] * 4096;',
      /denseForward, firmware\/kernels\/dense\.ts:\d+: .*: -?\d{10,}, expected an int32/,
    ],
    [
      'loss',
      'const LOGIT_MAX = 1 << 20;',
      'const LOGIT_MAX = 1 << 30;',
      /softmaxCrossEntropy, firmware\/kernels\/loss\.ts:\d+: .*: -?\d{10,}, expected an int32/,
    ],
  ];
  for (const [file, good, bad, error] of faults) {
    let planted = 0;
    const plant = (path: string, text: string) => {
      if (path !== `firmware/kernels/${file}.ts`) return text;
      planted += 1;
      return text.replace(good, bad);
    };
    let message = '';
    await runChecked(
      ['test/firmware/kernels/layer.test.ts', 'test/firmware/kernels/loss.test.ts'],
      plant,
    ).catch((e: Error) => {
      message = e.message;
    });
    assert.is(planted, 1);
    assert.match(message, error);
  }
});

test('no kernel passes an int32 or its views in all cases of its tests', async () => {
  const { calls, checks } = await runChecked(KERNEL_TESTS);
  const names = new Set(kernelModules().kernels.map(({ variant }) => variant.signature.name));
  assert.equal(
    [...names].filter((name) => (calls.get(name) ?? 0) < 20),
    [],
  );
  assert.ok(checks > 10_000_000, `${checks} checks`);
});

test('no kernel passes an int32 or its views in any golden run', async () => {
  const { checks } = await runChecked(['test/tools/kernels-to-c/golden.ts']);
  console.log(`${checks} values checked`);
  assert.ok(checks > 1_000_000_000, `${checks} checks`);
});

test.run();
