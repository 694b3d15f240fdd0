import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dryRun } from '../../../tools/flash/flash.js';
import { labelPage, labelTable } from '../../../tools/flash/labels.js';
import { nameBoards } from '../../../tools/flash/names.js';
import { parsePartitions } from '../../../tools/flash/partitions.js';
import { targetNamed } from '../../../tools/flash/target.js';
import { parseXml } from '../experiment/xml.js';

const test = suite('plan for a row of boards');

const TABLE = join(import.meta.dirname, '../../../firmware/ports/moddable/esp32/partitions.csv');
const PLAN = {
  target: targetNamed('esp32/nodemcu'),
  partitions: parsePartitions(readFileSync(TABLE, 'utf8'), 'partitions.csv'),
  manifest: { path: '/p/manifest.json', name: 'sparrow' },
  folder: '/out',
  esptool: 'esptool.py',
  baud: 460_800,
  isErasing: false,
  setting: ['target=nodemcu'],
};
const SECRET = 'correct horse';

function lines(change: object = {}, setup: object = {}): string[] {
  const names = nameBoards('desk-{n}', 3, 1);
  return dryRun({
    plan: { ...PLAN, ...change },
    boards: names.map((device, i) => ({ port: `/dev/ttyUSB${i}`, device })),
    setup: { ssid: 'home', password: SECRET, task: 'digits', code: 'ABC-123', ...setup },
    env: {},
    say: () => {},
  });
}

test('three boards: one build, then one command for each, which writes everything in its place', () => {
  const built = '/out/bin/esp32/nodemcu/release/sparrow';
  const [build, ...writes] = lines();
  assert.is(build, 'mcconfig -m -p esp32/nodemcu -t build -o /out target=nodemcu /p/manifest.json');
  assert.equal(
    writes,
    [1, 2, 3].map(
      (n) =>
        `esptool.py --chip esp32 --port /dev/ttyUSB${n - 1} --baud 460800 write_flash ` +
        `0x1000 ${built}/bootloader.bin 0x8000 ${built}/partition-table.bin ` +
        `0xd000 ${built}/ota_data_initial.bin 0x10000 ${built}/xs_esp32.bin ` +
        `0x370000 <setup-of-desk-${n}> 0x372000 <trial-of-desk-${n}>`,
    ),
  );
});

test('no command holds the password or the join code', () => {
  for (const line of lines()) assert.not.ok(line.includes(SECRET) || line.includes('ABC-123'), line);
});

test('a setup that no board could use stops the plan', () => {
  assert.throws(() => lines({}, { ssid: 'x'.repeat(33) }), /^ssid of 33 bytes/);
});

test('a blank in a path is quoted, and all of the flash is erased only where asked for', () => {
  const [build, first] = lines({ folder: '/my out', isErasing: true });
  assert.match(build, / -o '\/my out' /);
  assert.match(first, / write_flash --erase-all 0x1000 '\/my out\/bin/);
});

test('chip and boot loader are those of the target', () => {
  const of = (name: string) => {
    const { chip, bootloader } = targetNamed(`esp32/${name}`);
    return `${chip} ${bootloader}`;
  };
  assert.is(of('m5stick_cplus'), 'esp32 4096');
  assert.is(of('esp32s3'), 'esp32s3 0');
  assert.is(of('moddable_six'), 'esp32s3 0');
  assert.is(of('xiao_esp32c3'), 'esp32c3 0');
  assert.is(targetNamed('esp32').chip, 'esp32');
  assert.throws(() => targetNamed('nodemcu'), /^target nodemcu, expected one such as esp32\/nodemcu$/);
  assert.throws(() => targetNamed('esp32/esp32c6'), /^target esp32\/esp32c6, expected an ESP32, S3 or C3$/);
});

test('names are numbered from the first one, and never the same twice', () => {
  assert.equal(nameBoards('desk-{n}', 3, 9), ['desk-9', 'desk-10', 'desk-11']);
  assert.equal(nameBoards('kitchen', 1, 1), ['kitchen']);
  assert.equal(nameBoards(undefined, 2, 1), [undefined, undefined]);
  assert.throws(() => nameBoards('desk', 3, 1), /^name desk for 3 boards, expected \{n\} in it: desk-\{n\}$/);
  assert.throws(() => nameBoards('Desk {n}', 2, 1), /^name Desk 1, expected 1 to 23 of a-z, 0-9 and -$/);
});

test('labels: a table, and a page that is well-formed whatever the text', () => {
  const labels = [
    { device: 'desk-1', task: 'digits', code: 'A<B&C' },
    { device: 'a-name-of-twenty-three-c', task: 'digits' },
  ];
  assert.is(
    labelTable(labels),
    [
      'device                    task    join code',
      'desk-1                    digits  A<B&C',
      'a-name-of-twenty-three-c  digits',
    ].join('\n'),
  );
  const page = labelPage(labels);
  assert.ok(page.includes('join code A&lt;B&amp;C'));
  assert.ok(page.includes('textLength'));
  assert.is(page.match(/<rect /g)?.length, 3);
  assert.not.throws(() => parseXml(page));
});

test('fifty labels take more than one page, and none lies outside', () => {
  const page = labelPage(Array.from({ length: 50 }, (_, i) => ({ device: `desk-${i}`, task: 'digits' })));
  const height = Number(/height="(\d+)" viewBox/.exec(page)?.[1]);
  const rects = [...page.matchAll(/<rect x="(\d+)" y="(\d+)"/g)];
  assert.is(new Set(rects.map(([, x, y]) => `${x} ${y}`)).size, 50);
  for (const [, x, y] of rects) assert.ok(Number(x) < 794 && Number(y) + 120 <= height);
});

test.run();
