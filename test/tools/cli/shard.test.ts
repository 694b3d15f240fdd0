import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ShardExamples } from '../../../firmware/data/shard.js';
import { finish } from '../../../shared/masks/work.js';
import { loadDataset } from '../../../tools/datasets/dataset.js';
import { split } from '../../../tools/datasets/split.js';
import { NorChip, SHARD_PARTITION_BYTES } from '../../../tools/emulator/chip.js';
import { sparrow, temporaryFolder } from './sparrow.js';

const test = suite('sparrow shard');

const folder = temporaryFolder();
test.after(() => rmSync(folder, { recursive: true }));

test('the image that is flashed gives a board the same examples in the same order', async () => {
  const args = ['--data', 'digits', '--partition', 'dirichlet:1.0', '--clients', '9', '--client', '3'];
  const { code, lines, errors } = await sparrow(folder, ['shard', ...args, '--out', 'shard.bin']);
  assert.is(code, 0, errors.join('\n'));
  assert.match(lines[0], /^shard\.bin: part 3 of 9, \d+ bytes$/);
  assert.is(lines[1], 'parttool.py write_partition --partition-name=shard --input shard.bin');
  const chip = new NorChip(SHARD_PARTITION_BYTES);
  chip.write(0, new Uint8Array(readFileSync(join(folder, 'shard.bin'))));
  const flashed = new ShardExamples(chip);
  finish(flashed.check());
  const own = split(loadDataset('digits').train, { partition: 'dirichlet:1.0', clients: 9, seed: 1 })[2];
  assert.equal(
    [flashed.count, flashed.features, flashed.signed, flashed.classes, flashed.deal],
    [own.count, own.features, own.signed, own.classes, 0],
  );
  const [a, b] = [new Uint8Array(64), new Uint8Array(64)];
  for (let i = 0; i < own.count; i++) {
    assert.is(flashed.read(i, a), own.read(i, b));
    assert.is(Buffer.compare(a, b), 0, `example ${i}`);
  }
});

test('a part that is not there is one line; all digits fit one board', async () => {
  const none = await sparrow(folder, ['shard', '--clients', '3', '--client', '4', '--out', 'x.bin']);
  assert.equal([none.code, none.errors.at(-1)], [1, 'sparrow: client 4, expected 1 to 3']);
  const long = await sparrow(folder, ['shard', '--clients', '1', '--client', '1', '--out', 'x.bin']);
  assert.is(long.code, 0, 'all digits fit a board');
});

test.run();
