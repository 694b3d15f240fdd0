import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { experimentsOf, fillPage } from '../../../tools/experiment/page.js';
import { smallResult } from './results.js';

const test = suite('page');

const PAGE = `# Words
<!-- experiment one -->
old
<!-- end -->
between
<!-- experiment two -->
<!-- end -->
after`;

test('names the experiments in order', () => {
  assert.equal(experimentsOf(PAGE), ['one', 'two']);
});

test('fills what is between the marks, keeps all else, and again gives the same', () => {
  const result = smallResult();
  const results = new Map([
    ['one', result],
    ['two', result],
  ]);
  const page = fillPage(PAGE, results, (name) => [`plots/${name}/a-b.svg`]);
  assert.not.match(page, 'old');
  assert.match(
    page,
    /^# Words\n<!-- experiment one -->\n[\s\S]*<!-- end -->\nbetween\n[\s\S]*<!-- end -->\nafter$/,
  );
  assert.match(page, '![a b](plots/two/a-b.svg)');
  assert.is(
    fillPage(page, results, (name) => [`plots/${name}/a-b.svg`]),
    page,
  );
});

test('a mark without a result is refused by name', () => {
  assert.throws(() => fillPage(PAGE, new Map(), () => []), /experiment one of the page, expected its result/);
});

test.run();
