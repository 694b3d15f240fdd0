import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { csvOf } from '../../../tools/experiment/csv.js';
import { markdownPage, markdownTable } from '../../../tools/experiment/table.js';
import { smallResult, twinResult } from './results.js';

const test = suite('table');

test('the page holds the table, the rates that were tried, the plots and the origin', () => {
  assert.fixture(
    markdownPage(smallResult(), ['accuracy-by-round.svg']),
    `# small

Two methods, "paired" & <small>.

| method | density | partition | rate | seeds | accuracy % | difference | update B: mean, last, most | down B | MAC/example (of dense) |
|---|---|---|---|---|---|---|---|---|---|
| zerofl | 0.1 | natural | 0.4 | 2 | 89.00 ± 1.41 |  | 777 / 775 / 780 | 5,224 | 1,264 (25 %) |
| sparrow | 0.1 | natural | 0.4 | 2 | 92.50 ± 0.71 | +3.50 ± 0.50 | 777 / 775 / 780 | 5,224 | 1,264 (25 %) |

Data digits, 10 clients per round, 10 rounds, seeds 1, 2. Accuracy: mean over seeds ± sample standard deviation, each the mean of the last three rounds on the test set. Difference: to zerofl in points, seed by seed, ± standard error of the mean. Bytes: whole frames with their headers per client and round; up the update (mean over all rounds, mean of the last round, largest), down plan, model and verdict. MAC: multiply-accumulates of training one example.

Accuracy % on held-back training examples by learning rate; the best is used above.

| method | density | partition | 0.2 | 0.4 | 0.8 |
|---|---|---|---|---|---|
| sparrow | 0.1 | natural | 70.00 | **71.00** | 70.00 |

![accuracy by round](accuracy-by-round.svg)

Made by commit commit (code code), numerics version 1, data data.
`,
  );
});

test('a density that changes over the rounds is shown with its mean', () => {
  const result = smallResult();
  const [first, second] = result.rows;
  const runs = second.runs.map((run) => ({ ...run, result: { ...run.result, density: 0.187 } }));
  assert.match(
    markdownTable({ ...result, rows: [first, { ...second, runs }] }),
    '| sparrow | 0.1 (mean 0.19) | natural |',
  );
});

test('a difference that rounds to nothing has no minus', () => {
  const result = smallResult();
  const [first, second] = result.rows;
  const difference = { mean: -0.001, error: 0, pairs: 1 };
  assert.match(markdownTable({ ...result, rows: [first, { ...second, difference }] }), '| +0.00 ± ? |');
});

test('a column says what rows of an experiment that varies something were run with', () => {
  const result = smallResult();
  const rows = result.rows.map((each) => ({ ...each, row: { ...each.row, variation: 'epochs 2' } }));
  assert.match(markdownTable({ ...result, rows }), '| sparrow | 0.1 | natural | epochs 2 | 0.4 |');
});

test('beside a row in float64 the table shows the difference, but no bytes and no work of it', () => {
  const lines = markdownTable(twinResult()).split('\n');
  assert.is(
    lines[0],
    '| method | density | partition | arithmetic | rate | seeds | accuracy % | difference | to float64 | update B: mean, last, most | down B | MAC/example (of dense) |',
  );
  assert.match(
    lines[3],
    '| integer | 0.4 | 2 | 92.50 ± 0.71 | +3.50 ± 0.50 | −0.50 ± 1.50 | 777 / 775 / 780 |',
  );
  assert.is(lines[4], '| sparrow | 0.1 | natural | float64 | 0.4 | 2 | 93.00 ± 2.83 |  |  |  |  |  |');
  assert.match(markdownPage(twinResult(), []), ' To float64: integers less real numbers ');
  assert.match(csvOf(twinResult()), /^sparrow,,float64,/m);
});

test('a page says on what the runs were judged', () => {
  const { experiment, ...result } = smallResult();
  const page = markdownPage({ ...result, experiment: { ...experiment, validate: true } }, []);
  assert.match(page, 'the mean of the last three rounds on held-back training examples.');
});

test('a line of CSV has the result and all that is needed to repeat it', () => {
  const [header, ...lines] = csvOf(smallResult())
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
  assert.is(lines.length, 4);
  const cell = (line: number, name: string) => lines[line][header.indexOf(name)];
  assert.is(cell(2, 'method'), 'sparrow');
  assert.is(cell(2, 'result.accuracy'), '0.92');
  assert.is(cell(2, 'result.bytesUp'), '8000');
  for (const name of ['seed', 'key', 'code', 'commit', 'dataHash', 'numerics', 'job.data', 'job.cohort']) {
    assert.ok(cell(0, name) !== '', name);
  }
  for (const name of ['preset', 'density', 'rate', 'rateEnd', 'rounds', 'epochs', 'uplink', 'merge']) {
    assert.ok(cell(0, `recipe.${name}`) !== '', name);
  }
  assert.not.ok(header.includes('result.seconds'), 'seconds depend on the machine');
});

test('a comma and a quote in a name keep the columns of CSV', () => {
  const result = smallResult();
  const rows = result.rows.map((each) => ({ ...each, row: { ...each.row, name: 'a "b", c' } }));
  assert.match(csvOf({ ...result, rows }), '\n"a ""b"", c",');
});

test.run();
