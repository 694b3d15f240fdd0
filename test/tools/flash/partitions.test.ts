import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parsePartitions, partitionNamed } from '../../../tools/flash/partitions.js';

const test = suite('partition table');

const TABLE = join(import.meta.dirname, '../../../firmware/ports/moddable/esp32/partitions.csv');

test('the firmware’s own table has what the firmware opens, within 4 MB', () => {
  const table = parsePartitions(readFileSync(TABLE, 'utf8'), 'partitions.csv');
  for (const name of ['otadata', 'ota_0', 'ota_1', 'setup', 'trial', 'shard', 'models']) {
    const { offset, bytes } = partitionNamed(table, name);
    assert.ok(offset >= 0x9000 && offset + bytes <= 4 * 1024 * 1024, name);
  }
  assert.equal(partitionNamed(table, 'setup'), {
    name: 'setup',
    type: 'data',
    subtype: '0x40',
    offset: 0x370000,
    bytes: 0x2000,
  });
});

test('sizes may be hexadecimal, decimal, or end in K and M; comments and blank lines are passed over', () => {
  const text = '# a comment\n\na, data, nvs, 36864, 16K,\nb, app, factory, 0x10000, 1M\r\n';
  const table = parsePartitions(text, 't.csv');
  assert.equal(
    table.map(({ offset, bytes }) => [offset, bytes]),
    [
      [0x9000, 0x4000],
      [0x10000, 0x100000],
    ],
  );
});

const WRONG: Readonly<Record<string, [string, RegExp]>> = {
  'no offset': [
    'a, data, nvs, , 0x4000',
    /^t\.csv, line 1: offset of a "", expected a number such as 0x10000/,
  ],
  'no size': ['a, data, nvs, 0x9000', /^t\.csv, line 1: size of a "", expected a number/],
  'a size that is no number': ['a, data, nvs, 0x9000, big', /size of a "big", expected a number/],
  'a size that is no whole sectors': [
    'a, data, nvs, 0x9000, 100',
    /size 100 of a, expected a multiple of 4096/,
  ],
  'an app at an odd place': [
    'a, app, ota_0, 0x11000, 1M',
    /offset 0x11000 of a, expected a multiple of 65536/,
  ],
  'a name that is too long': ['abcdefghijklmnopq, data, nvs, 0x9000, 4K', /expected 1 to 16 characters/],
  'the same name twice': [
    'a, data, nvs, 0x9000, 4K\na, data, nvs, 0xa000, 4K',
    /^t\.csv, line 2: second partition a$/,
  ],
  'partitions that overlap': [
    'a, data, nvs, 0x9000, 8K\nb, data, nvs, 0xa000, 4K',
    /^t\.csv, line 2: b overlaps a$/,
  ],
  'nothing at all': ['# only this', /^t\.csv: no partitions, expected a line for each$/],
};

for (const [what, [text, expected]] of Object.entries(WRONG)) {
  test(`${what} is refused with its line`, () => {
    assert.throws(() => parsePartitions(text, 't.csv'), expected);
  });
}

test('a partition that is not there is told with those that are', () => {
  const table = parsePartitions('a, data, nvs, 0x9000, 4K\nb, data, nvs, 0xa000, 4K', 't.csv');
  assert.throws(() => partitionNamed(table, 'c'), /^no partition c, expected one of a, b$/);
});

test.run();
