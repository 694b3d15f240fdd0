import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Workspace } from '../../../broker/rounds/workspace.js';

const test = suite('workspace');

test('a copy has the bytes, an offset that numbers can have, and memory of its own', () => {
  const workspace = new Workspace();
  const from = Uint8Array.of(9, 1, 2, 3, 4, 5).subarray(1);
  const own = workspace.copy(from);
  assert.equal([...own], [1, 2, 3, 4, 5]);
  assert.is(own.byteOffset % 4, 0);
  own[0] = 7;
  assert.is(from[0], 1);
});

test('words of one copy do not overlap, however many are asked for', () => {
  const workspace = new Workspace();
  for (let round = 0; round < 3; round++) {
    workspace.copy(new Uint8Array(8));
    const lists = [3, 1, 0, 400, 2].map((count) => workspace.words(count));
    for (const [i, list] of lists.entries()) list.fill(i + 1);
    for (const [i, list] of lists.entries()) assert.ok(list.every((word) => word === i + 1));
    assert.equal(
      lists.map((list) => list.length),
      [3, 1, 0, 400, 2],
    );
  }
});

test('the next copy uses the same memory again', () => {
  const workspace = new Workspace();
  workspace.copy(new Uint8Array(100));
  const before = workspace.words(50).buffer;
  workspace.copy(new Uint8Array(90));
  assert.is(workspace.words(50).buffer, before);
});

test.run();
