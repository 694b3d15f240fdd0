import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  baselineText,
  compare,
  differenceLine,
  type EngineFigures,
  isFailure,
  parseBaseline,
  withFigures,
} from '../../../tools/bench/baseline.js';
import { measuredOf } from '../../../tools/bench/measured.js';

const test = suite('bench/baseline');

function figures(rows: Readonly<Record<string, number>>, tools = 'gcc 12'): EngineFigures {
  const all = Object.entries(rows).map(([row, value]) => [row, { value, parts: { all: value } }]);
  return { tools, rows: Object.fromEntries(all) };
}

const WAS = figures({ a: 10_000, b: 10_000, c: 10_000, d: 10_000 });

test('a figure may grow or fall by 2 %, and not by more', () => {
  const is = figures({ a: 10_200, b: 10_201, c: 9_800, d: 9_799 });
  assert.equal(compare(WAS, is, true), [
    { kind: 'worse', row: 'b', was: 10_000, is: 10_201 },
    { kind: 'better', row: 'd', was: 10_000, is: 9_799 },
  ]);
});

test('what was not measured is gone only where everything was', () => {
  const is = figures({ a: 10_000, e: 5 });
  assert.equal(compare(WAS, is, false), [{ kind: 'new', row: 'e', is: 5 }]);
  const kinds = compare(WAS, is, true).map(({ kind, row }) => `${kind} ${row}`);
  assert.equal(kinds, ['new e', 'gone b', 'gone c', 'gone d']);
});

test('a check fails for what costs more or is gone, not for what is new or better', () => {
  const failing = (['worse', 'gone', 'new', 'better'] as const).map((kind) => isFailure({ kind, row: '' }));
  assert.equal(failing, [true, true, false, false]);
});

test('figures of other tools are not compared', () => {
  assert.throws(() => compare(WAS, figures({ a: 1 }, 'gcc 13'), false), /tools gcc 13, expected gcc 12/);
});

test('a difference names row, both figures and per cent', () => {
  const line = differenceLine('kernels', { kind: 'worse', row: 'a', was: 10_000, is: 10_250 });
  assert.is(line, 'worse kernels: a: was 10,000, is 10,250, +2.5 %');
  assert.is(differenceLine('xs', { kind: 'gone', row: 'a', was: 12_345 }), 'gone xs: a: 12,345');
});

test('rows that were not measured stay, unless they are of other tools', () => {
  const baseline = { kernels: WAS };
  const some = withFigures(baseline, 'kernels', figures({ a: 1 }), false);
  assert.equal(some.kernels, figures({ a: 1, b: 10_000, c: 10_000, d: 10_000 }));
  assert.throws(() => withFigures(baseline, 'kernels', figures({ a: 1 }, 'gcc 13'), false), /only some rows/);
  const all = withFigures(baseline, 'kernels', figures({ a: 1 }, 'gcc 13'), true);
  assert.equal(all.kernels, figures({ a: 1 }, 'gcc 13'));
});

test('the file has one line for each row, in the same order however it was measured', () => {
  const one = baselineText({ b: figures({ z: 1, y: 2 }), a: figures({}) });
  const other = baselineText({ a: figures({}), b: figures({ y: 2, z: 1 }) });
  assert.is(one, other);
  assert.equal(JSON.parse(one).b, figures({ y: 2, z: 1 }));
  assert.is(one.split('\n').filter((line) => line.includes('"value"')).length, 2);
});

test('a sum is rounded once, its parts each for themselves', () => {
  const { value, parts } = measuredOf(
    new Map([
      ['forward', 10.4],
      ['step', 20.4],
    ]),
  );
  assert.is(value, 31);
  assert.equal(parts, { forward: 10, step: 20 });
});

test('a baseline that was written is read again, and what is none is told in one line', () => {
  const baseline = { b: WAS, a: figures({}) };
  assert.equal(parseBaseline(baselineText(baseline)), baseline);
  assert.equal(parseBaseline('{}'), {});
  for (const [text, message] of [
    ['{\n"kernels":\n', /^no JSON, expected figures by engine$/],
    ['[]', /^expected figures by engine$/],
    ['{ "kernels": { "tools": "gcc 12" } }', /^kernels: expected tools and rows$/],
    [
      '{ "kernels": { "tools": "gcc 12", "rows": { "a": { "value": "1", "parts": {} } } } }',
      /^kernels: a: expected a value and its parts$/,
    ],
  ] as const) {
    assert.throws(() => parseBaseline(text), message);
  }
});

test.run();
