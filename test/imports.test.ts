import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { MAY_IMPORT, rowOf, violations } from '../tools/test/imports.js';

const test = suite('imports');

const ROOT = join(import.meta.dirname, '..');

const files = ['broker', 'firmware', 'shared', 'test', 'tools'].flatMap((top) =>
  readdirSync(join(ROOT, top), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|js|mjs)$/.test(file))
    .map((file) => join(top, file)),
);

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

for (const row of Object.keys(MAY_IMPORT)) {
  test(`${row} imports only what the table allows`, () => {
    const found = files.filter((file) => rowOf(file) === row).flatMap((file) => violations(file, read(file)));
    assert.is(found.join('\n'), '');
  });
}

test('every file lies in a folder of the table', () => {
  assert.is(files.filter((file) => rowOf(file) === undefined).join('\n'), '');
});

test('every suite of a test file is run', () => {
  const tests = files.filter((file) => file.endsWith('.test.ts'));
  assert.ok(tests.length > 1);
  for (const file of tests) {
    const text = read(file);
    const suites = text.match(/^const \w+ = suite\(/gm) ?? [];
    const runs = text.match(/^\w+\.run\(\);$/gm) ?? [];
    assert.is(suites.length, 1, `${file}: ${suites.length} suites, expected 1`);
    assert.is(runs.length, 1, `${file}: ${runs.length} times test.run(), expected 1`);
  }
});

const FROM = '../../shared/protocol/frame.js';
const EVERY_WAY = {
  'an import': `import { decode } from '${FROM}';`,
  'an import of several lines': `import {\n  decode,\n  encode,\n} from '${FROM}';`,
  'an import without names': `import "${FROM}";`,
  'an import of a type': `import type { Frame } from '${FROM}';`,
  'an export': `export { decode } from '${FROM}';`,
  'an export of all': `export * from '${FROM}';`,
  'an export of a type': `export type { Frame } from '${FROM}';`,
  'a dynamic import': `export const load = () => import('${FROM}');`,
  'a type in place': `export let frame: import('${FROM}').Frame;`,
  'a reference': `/// <reference path="${FROM}" />`,
};

for (const [way, source] of Object.entries(EVERY_WAY)) {
  test(`a kernel that reaches the protocol by ${way} is named`, () => {
    assert.equal(violations('firmware/kernels/dense.ts', source), [
      'firmware/kernels/dense.ts may not import shared/protocol/frame',
    ]);
  });
}

test('words in a comment or a string are no import', () => {
  const source = `// import x from '${FROM}'\nexport const text = "import '${FROM}'";`;
  assert.equal(violations('firmware/kernels/dense.ts', source), []);
});

test('a computed import cannot be checked and is refused', () => {
  assert.is(violations('shared/fixed/a.ts', 'export const load = (x: string) => import(x);').length, 1);
});

/** Whether `file` may import `name`, a place in the repository or a package. */
function may(file: string, name: string, { isType = false } = {}): boolean {
  const up = '../'.repeat(file.split('/').length - 1);
  const from = /^(broker|firmware|shared|test|tools)\//.test(name) ? `${up}${name}.js` : name;
  return violations(file, `import ${isType ? 'type ' : ''}{ x } from '${from}';`).length === 0;
}

test('the longest folder decides', () => {
  assert.ok(may('firmware/ports/moddable/main.ts', 'embedded:network/mqtt/client'));
  assert.ok(may('firmware/ports/moddable/main.ts', 'firmware/main'));
  assert.not(may('firmware/ports/ports.ts', 'firmware/main'));
  assert.not(may('firmware/main.ts', 'embedded:network/mqtt/client'));
  assert.ok(may('firmware/main.ts', 'firmware/federation/client'));
  assert.not(may('firmware/main.ts', 'firmware/ports/moddable/clock'));
});

test('storage sees only types of the rounds', () => {
  assert.ok(may('broker/storage/database.ts', 'broker/rounds/ports', { isType: true }));
  assert.not(may('broker/storage/database.ts', 'broker/rounds/ports'));
});

test('a package is allowed where the table names it', () => {
  assert.ok(may('shared/protocol/frame.ts', 'typed-binary'));
  assert.not(may('shared/model/layout.ts', 'typed-binary'));
  assert.not(may('shared/protocol/frame.ts', 'node:fs'));
  assert.ok(may('broker/mqtt/broker.ts', 'node:net'));
  assert.ok(may('tools/cli/main.ts', 'mqtt'));
});

test('nothing imports tools or tests, and tools no test', () => {
  for (const file of ['shared/model/a.ts', 'firmware/main.ts', 'broker/main.ts']) {
    assert.not(may(file, 'tools/cli/main'), file);
    assert.not(may(file, 'test/vectors/a'), file);
  }
  assert.not(may('tools/cli/main.ts', 'test/vectors/a'));
  assert.ok(may('tools/cli/main.ts', 'broker/main'));
});

test('no import leaves the repository', () => {
  assert.not(may('test/a.test.ts', '../../elsewhere/a.js'));
  assert.not(may('tools/cli/main.ts', '/elsewhere/a.js'));
});

test.run();
