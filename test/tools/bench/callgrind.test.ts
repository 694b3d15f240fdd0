import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { functionCosts, totalOf } from '../../../tools/bench/callgrind.js';

const test = suite('bench/callgrind');

/** As callgrind writes it: names told once, lines relative to the one before, a call's cost after `calls=`. */
const DUMP = `version: 1
creator: callgrind-3.19.0
positions: line
events: Ir
summary: 131

ob=(1) /bin/host
fl=(1) kernel.c
fn=(1) sparrow_denseForward_u8
10 5
+2 20

fn=(2) fxRunID
20 100
cfn=(1)
calls=1 10
* 25
* 1

fn=(1)
-3 5

totals: 131
`;

test('a function has what it spent itself, not what it called', () => {
  const costs = functionCosts(DUMP);
  assert.equal(
    [...costs],
    [
      ['sparrow_denseForward_u8', 30],
      ['fxRunID', 101],
    ],
  );
});

test('the functions of a dump add up to the total that callgrind states', () => {
  const sum = [...functionCosts(DUMP).values()].reduce((all, n) => all + n, 0);
  assert.is(sum, totalOf(DUMP));
  assert.throws(() => totalOf('events: Ir\n'), /without its total/);
});

test.run();
