import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { LiveEvent } from '../../../broker/rounds/event.js';
import { Live } from '../../../broker/rounds/live.js';
import { FolderStore } from '../../../broker/storage/store.js';
import { frameCrc } from '../../../shared/protocol/frame.js';
import { decodeLabel } from '../../../shared/protocol/label.js';
import { encodeMoments } from '../../../shared/protocol/moments.js';
import { encodePrediction } from '../../../shared/protocol/prediction.js';
import { decodeWindows, type WindowFormat } from '../../../shared/protocol/windows.js';
import { Folders } from '../folder.js';

const test = suite('live task');

const folders = new Folders();
const stores: FolderStore[] = [];
test.after(() => {
  for (const store of stores) store.close();
  folders.remove();
});

const FORMAT: WindowFormat = { steps: 8, channels: 2, stride: 4, hertz: 50, classes: 3, least: 5 };
const FINGERPRINT = { task: 'a', taskSeed: 1, description: '{}', preset: 'dense', density: 1, power: 1 };

/** A live task on a real store, and what it said. */
class Task {
  readonly store: FolderStore;
  readonly live: Live;
  readonly events: LiveEvent[] = [];
  readonly windows: Uint8Array[] = [];
  readonly labels: Uint8Array[] = [];
  looks = 0;

  constructor(folder = folders.make(), format = FORMAT) {
    this.store = new FolderStore(folder, FINGERPRINT);
    stores.push(this.store);
    this.live = new Live({
      format,
      store: this.store,
      publisher: {
        publishWindows: async (frame) => void this.windows.push(frame),
        publishLabel: async (_device, frame) => void this.labels.push(frame),
      },
      most: 4,
      onEvent: (event) => this.events.push(event),
      onMoments: () => {
        this.looks += 1;
      },
    });
  }
}

/** Sums of `count` values around `mean` in both channels. */
function sums(device: string, count: number, mean: number): Uint8Array {
  const channel = { count, sum: count * mean, squares: count * (mean * mean + 10_000) };
  return encodeMoments({ device, channels: [channel, channel] });
}

const REPORTS = [
  ['a', sums('a', 1000, 100)],
  ['b', sums('b', 400, -2000)],
  ['c', sums('c', 4_000_000, 32_000)],
  ['d', sums('d', 7, 0)],
] as const;

test('the normalisation is that of the set of sums, whatever their order and however often they came', async () => {
  const frames: Uint8Array[] = [];
  for (const order of [REPORTS, [...REPORTS].reverse(), [...REPORTS, ...REPORTS]]) {
    const task = new Task();
    await task.live.receiveMoments('b', sums('b', 999, 999)); // replaced by the later ones
    for (const [device, frame] of order) await task.live.receiveMoments(device, frame);
    const crc = task.live.freeze();
    const [frame] = task.windows;
    assert.is(frameCrc(frame), crc);
    frames.push(frame);
  }
  for (const frame of frames) assert.is(Buffer.compare(frame, frames[0]), 0);
  const { normals = [], ...format } = decodeWindows(frames[0]);
  assert.equal(format, FORMAT);
  assert.ok(normals[0].offset > 31_900, 'most values are of c');
});

test('it is frozen: later sums change nothing, and another process has the same one', async () => {
  const folder = folders.make();
  const task = new Task(folder);
  task.live.start();
  assert.is(decodeWindows(task.windows[0]).normals, undefined);
  assert.not(task.live.knows('a'));
  await task.live.receiveMoments('a', sums('a', 100, 5));
  assert.ok(task.live.knows('a') && !task.live.knows('b'));
  assert.is(task.looks, 1);
  const crc = task.live.freeze();
  await task.live.receiveMoments('b', sums('b', 100, 5000));
  assert.is(task.live.freeze(), crc);
  assert.ok(task.live.knows('b'), 'whoever comes later takes part with it');
  assert.equal(
    task.events.map(({ kind }) => kind),
    ['moments', 'normalised'],
  );
  task.store.close();
  const again = new Task(folder);
  again.live.start();
  assert.is(frameCrc(again.windows[0]), crc);
  assert.is(again.live.freeze(), crc);
  again.store.close();
  assert.throws(
    () => new Task(folder, { ...FORMAT, stride: 8 }),
    /"stride":4.* in the data folder, expected .*"stride":8/,
  );
});

test('sums of a process that ended count in the next one', async () => {
  const folder = folders.make();
  const first = new Task(folder);
  for (const [device, frame] of REPORTS.slice(0, 2)) await first.live.receiveMoments(device, frame);
  first.store.close();
  const second = new Task(folder);
  for (const [device, frame] of REPORTS.slice(2)) await second.live.receiveMoments(device, frame);
  const whole = new Task();
  for (const [device, frame] of REPORTS) await whole.live.receiveMoments(device, frame);
  assert.is(second.live.freeze(), whole.live.freeze());
});

test('what cannot be read, is of another device or of another sensor is passed over', async () => {
  const task = new Task();
  const [channel] = [{ count: 3, sum: 3, squares: 3 }];
  await task.live.receiveMoments('a', Uint8Array.of(1, 2, 3));
  await task.live.receiveMoments('a', sums('b', 3, 3));
  await task.live.receiveMoments('a', encodeMoments({ device: 'a', channels: [channel] }));
  assert.not(task.live.knows('a'));
  const modelHash = '0123456789abcdef';
  task.live.receivePrediction('a', encodePrediction({ label: 3, percent: 50, windows: 1, modelHash }));
  task.live.receivePrediction('a', Uint8Array.of(1));
  assert.equal(task.events, []);
  task.live.receivePrediction('a', encodePrediction({ label: 2, percent: 50, windows: 1, modelHash }));
  assert.is(task.live.predictions.get('a')?.label, 2);
});

test('no more devices are remembered than there may be', async () => {
  const task = new Task();
  for (const [device, frame] of REPORTS) await task.live.receiveMoments(device, frame);
  await task.live.receiveMoments('e', sums('e', 5, 5));
  await task.live.receiveMoments('a', sums('a', 6, 6));
  assert.not(task.live.knows('e'));
  assert.is(task.events.length, 5);
});

test('a label of the task goes to its board, another one is refused', () => {
  const task = new Task();
  task.live.label('a', 2, 30);
  assert.equal(decodeLabel(task.labels[0], 'a'), { device: 'a', label: 2, seconds: 30 });
  assert.throws(() => task.live.label('a', 3, 0), /label 3, expected 0 to 2/);
});

test.run();
