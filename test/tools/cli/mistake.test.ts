import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseDescription } from '../../../shared/model/description.js';
import { initialModel } from '../../../shared/model/initial.js';
import { encodeModel } from '../../../shared/protocol/model.js';
import { sparrow, temporaryFolder } from './sparrow.js';

const test = suite('mistakes on the command line');

const folder = temporaryFolder();
test.after(() => rmSync(folder, { recursive: true, force: true }));

const input = { shape: [8, 8], type: 'uint8', exp: -4 };
const dense = (...units: number[]) => units.map((n) => ({ kind: 'dense', units: n }));
const write = (name: string, content: string | Uint8Array) => writeFileSync(join(folder, name), content);
const foreign = encodeModel(
  initialModel(parseDescription(JSON.stringify({ name: 'other', input, layers: dense(10) })), 1),
);

write(
  'wide.json',
  JSON.stringify({ name: 'wide', input: { ...input, shape: [200, 200] }, layers: dense(10) }),
);
write('large.json', JSON.stringify({ name: 'large', input, layers: dense(600, 10) }));
write('typo.json', JSON.stringify({ name: 'typo', input, layers: [{ kind: 'dense', unit: 32 }] }));
write('foreign.model', foreign);
write('short.model', foreign.subarray(0, 100));
write('text.model', 'no model at all');
mkdirSync(join(folder, 'empty'));

const MISTAKES: readonly (readonly [string, readonly string[], RegExp])[] = [
  ['an unknown data set', ['--data', 'nowhere'], /^sparrow: .*nowhere.*expected .*digits/],
  ['a folder without data', ['--data', 'empty'], /^sparrow: .*empty/],
  [
    'an unknown method',
    ['--method', 'magic'],
    /^sparrow: method magic, expected dense, swat, zerofl, sparsyfed, mask, sparrow/,
  ],
  [
    'a method by the name of a built-in',
    ['--method', 'constructor'],
    /^sparrow: method constructor, expected dense/,
  ],
  ['a density of 0', ['--density', '0'], /^sparrow: density 0, expected above 0, to 1$/],
  ['a density above 1', ['--density', '1.5'], /^sparrow: density 1.5, expected above 0, to 1$/],
  [
    'a density for dense that is out of range',
    ['--method', 'dense', '--density', '-1'],
    /^sparrow: density -1/,
  ],
  [
    'a density that is no number',
    ['--density', 'half'],
    /option '--density <part>' argument 'half' is invalid/,
  ],
  ['a rate beyond all bounds', ['--rate', '1000'], /^sparrow: rate 1000, expected above 0, to 16$/],
  ['a mask ratio above 1', ['--mask-ratio', '2'], /^sparrow: mask ratio 2, expected 0 to 1$/],
  ['all examples held back', ['--hold-back', '1'], /^sparrow: hold back 1, expected 0, or 2 and more/],
  [
    'a file as data folder',
    ['--folder', 'text.model'],
    /^sparrow: data folder text.model: a file, expected a folder/,
  ],
  [
    'a data folder in a folder that is not there',
    ['--folder', 'no/where'],
    /^sparrow: data folder no\/where: in a folder that does not exist/,
  ],
  ['an unknown board', ['--board', 'esp8266'], /^sparrow: board esp8266, expected esp32/],
  ['an unknown partition', ['--partition', 'fair'], /^sparrow: partition fair, expected natural/],
  ['a partition without its number', ['--partition', 'dirichlet'], /^sparrow: .*alpha.*expected/],
  [
    'a port out of range',
    ['--port', '65536'],
    /argument '65536' is invalid. Expected an integer from 0 to 65535/,
  ],
  [
    'a cohort larger than the room',
    ['--boards', '3', '--cohort', '4'],
    /^sparrow: cohort 4, expected at most 3/,
  ],
  ['an unknown option', ['--fast'], /unknown option '--fast'/],
  [
    'a model that does not fit int32',
    ['--describe', 'wide.json'],
    /^sparrow: wide.json: layer 0 \(40000 inputs × 10 outputs\).* passes int32, expected 255 or more/,
  ],
  [
    'a model that does not fit the board',
    ['--describe', 'large.json', '--method', 'dense'],
    /^sparrow: board esp32 has 110000 B, the model needs \d+ B = parameters \d+ \+ /,
  ],
  [
    'a description with a wrong field',
    ['--describe', 'typo.json'],
    /^sparrow: typo.json: model.layers\[0\].unit 32, expected only kind, units/,
  ],
  [
    'a model file that is not there',
    ['--model', 'none.model'],
    /^sparrow: model file none.model: .*no such file/,
  ],
  ['a truncated model file', ['--model', 'short.model'], /^sparrow: model file short.model: .*expected/],
  ['a file that is no model', ['--model', 'text.model'], /^sparrow: model file text.model: .*expected/],
  [
    'a model of another task',
    ['--model', 'foreign.model'],
    /^sparrow: model file foreign.model: .*other.*expected .*digits/,
  ],
];

for (const [name, args, message] of MISTAKES) {
  test(`${name} is told in one line`, async () => {
    const { code, lines, errors } = await sparrow(folder, [
      'demo',
      '--folder',
      `data-${name.length}`,
      '--rounds',
      '1',
      ...args,
    ]);
    assert.is(code, 1, [...lines, ...errors].join('\n'));
    assert.is(errors.length, 1, errors.join('\n'));
    assert.match(errors[0], message);
  });
}

test('a port in use is told in one line', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  const { code, errors } = await sparrow(folder, ['demo', '--folder', 'port', '--port', String(port)]);
  await new Promise((resolve) => server.close(resolve));
  assert.is(code, 1);
  assert.equal(errors, [`sparrow: port ${port} in use, expected a free one`]);
});

test('a data folder of another federation is told in one line', async () => {
  const small = ['demo', '--folder', 'mine', '--boards', '3', '--rounds', '1'];
  assert.is((await sparrow(folder, small)).code, 0);
  const { code, errors } = await sparrow(folder, [...small, '--seed', '2']);
  assert.is(code, 1);
  assert.is(errors.length, 1, errors.join('\n'));
  assert.match(
    errors[0],
    /^sparrow: data folder mine of another federation: seed 1, expected 2 or an empty folder; --new starts anew$/,
  );
});

test('what is no address of a broker is told in one line', async () => {
  for (const [words, expected] of [
    [['--broker', 'some where'], /^sparrow: broker some where, expected host:port/],
    [['--broker', 'laptop:99999'], /^sparrow: broker laptop:99999, expected host:port/],
    [['--ca', 'nowhere.pem'], /^sparrow: ca nowhere\.pem: ENOENT.*, expected a certificate in PEM$/],
  ] as const) {
    const { code, errors } = await sparrow(folder, ['emulate', ...words]);
    assert.is(code, 1);
    assert.is(errors.length, 1, errors.join('\n'));
    assert.match(errors[0], expected);
  }
});

test('certificate and key that do not fit are told in one line, before a broker starts', async () => {
  const start = (...words: string[]) =>
    sparrow(folder, ['broker', '--folder', 'tls-broker', '--port', '0', ...words]);
  for (const [words, expected] of [
    [['--tls-cert', 'a.pem'], /^sparrow: TLS, expected both --tls-cert and --tls-key$/],
    [['--no-plain'], /^sparrow: TLS, expected both --tls-cert and --tls-key$/],
    [['--tls-cert', 'a.pem', '--tls-key', 'a.key'], /^sparrow: certificate a\.pem: ENOENT, expected a file$/],
  ] as const) {
    const { code, errors } = await start(...words);
    assert.is(code, 1);
    assert.is(errors.length, 1, errors.join('\n'));
    assert.match(errors[0], expected);
  }
});

test.run();
