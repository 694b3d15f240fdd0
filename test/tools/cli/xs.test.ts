import { rmSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sparrow, temporaryFolder } from './sparrow.js';

const test = suite('mistakes with boards on XS');

const folder = temporaryFolder();
test.after(() => rmSync(folder, { recursive: true, force: true }));

const MISTAKES: readonly (readonly [string, readonly string[], RegExp])[] = [
  ['an unknown engine', ['--engine', 'v8'], /option '--engine <name>' argument 'v8' is invalid.*node, xs/],
  ['an unknown board', ['--engine', 'xs', '--board', 'esp8266'], /^sparrow: board esp8266, expected esp32/],
  [
    'more boards on XS than boards',
    ['--boards', '3', '--xs', '4'],
    /^sparrow: xs 4, expected at most 3, the /,
  ],
  ['no number', ['--xs', 'all'], /argument 'all' is invalid. Expected an integer from 0 to 10000/],
  [
    'native without XS',
    ['--native'],
    /^sparrow: native without boards on XS, expected --engine xs or --xs <n>$/,
  ],
  [
    'an unknown data set',
    ['--engine', 'xs', '--data', 'nowhere'],
    /^sparrow: data set nowhere, expected digits/,
  ],
];

for (const [name, args, message] of MISTAKES) {
  test(`${name} is told in one line`, async () => {
    const { code, errors } = await sparrow(folder, ['emulate', ...args]);
    assert.is(code, 1);
    assert.is(errors.length, 1, errors.join('\n'));
    assert.match(errors[0], message);
  });
}

test.run();
