import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { OwnExamples } from '../../../firmware/data/own.js';
import type { RoundView } from '../../../firmware/federation/companion.js';
import { Live } from '../../../firmware/federation/live.js';
import type { Clock, Ports, RawPartition, Sensor } from '../../../firmware/ports/ports.js';
import { finish } from '../../../shared/masks/work.js';
import { taskTopic } from '../../../shared/protocol/topics.js';
import { encodeWindows } from '../../../shared/protocol/windows.js';
import { NorChip, SHARD_PARTITION_BYTES } from '../../../tools/emulator/chip.js';

const test = suite('live windows in a client');

const TASK = 'motion';
const FORMAT = { steps: 64, channels: 3, stride: 32, hertz: 50, classes: 3, least: 20 };
const OTHER = { ...FORMAT, steps: 32 };
const SOUND = { ...FORMAT, steps: 25, channels: 40, stride: 10, hertz: 25 };
const KEPT = 400; // more than fit

/** A clock whose turns are taken by hand. */
class HandClock implements Clock {
  #due: (() => void)[] = [];

  get timers(): number {
    return this.#due.length;
  }

  nowMs(): number {
    return 0;
  }

  after(_delayMs: number, callback: () => void) {
    this.#due.push(callback);
    return {
      cancel: () => {
        this.#due = this.#due.filter((due) => due !== callback);
      },
    };
  }

  turn(): void {
    for (const callback of this.#due.splice(0)) callback();
  }
}

/** Flash that counts what is read from it, and can fail. */
class Flash implements RawPartition {
  readonly #chip: NorChip;
  readBytes = 0;
  fails = false;

  constructor(chip: NorChip) {
    this.#chip = chip;
  }

  get bytes(): number {
    return this.#chip.bytes;
  }

  get sectorBytes(): number {
    return this.#chip.sectorBytes;
  }

  read(offset: number, out: Uint8Array): void {
    if (this.fails) throw new Error('flash does not answer');
    this.#chip.read(offset, out);
    this.readBytes += out.length;
  }

  write(offset: number, bytes: Uint8Array): void {
    this.#chip.write(offset, bytes);
  }

  erase(offset: number, bytes: number): void {
    this.#chip.erase(offset, bytes);
  }
}

/** A board whose time and sensor go on by hand. */
class Desk {
  readonly clock = new HandClock();
  readonly lines: string[] = [];
  readonly flash: Flash;
  readonly own: OwnExamples;
  readonly live: Live;
  readonly counts: number[] = []; // of examples, whenever the client was told that they are others
  readonly running = new Set<number>(); // sensors, by their channels
  #onSample: ((values: Int16Array) => void) | undefined;

  constructor(chip: NorChip) {
    this.flash = new Flash(chip);
    this.own = new OwnExamples(this.flash);
    const ports = {
      clock: this.clock,
      log: { line: (text: string) => this.lines.push(text) },
      task: TASK,
      identity: { device: 'board-1', board: 'esp32' },
    } as Partial<Ports> as Ports; // what it needs of them
    const sensors = [FORMAT, SOUND].map(({ channels, hertz }): Sensor => {
      const start = (onSample: (values: Int16Array) => void) => {
        this.running.add(channels);
        this.#onSample = onSample;
      };
      return { channels, hertz, start, stop: () => this.#stop(channels) };
    });
    const view: RoundView = {
      isIdle: true,
      lastModel: undefined,
      refresh: () => this.counts.push(this.own.count),
    };
    this.live = new Live(ports, sensors, this.own, 10_000);
    this.live.start({ isUp: true, subscribe() {}, unsubscribe() {}, send() {} }, view);
  }

  #stop(channels: number): void {
    this.running.delete(channels);
    this.#onSample = undefined;
  }

  get isSampling(): boolean {
    return this.#onSample !== undefined;
  }

  hear(format: typeof FORMAT): void {
    const bytes = encodeWindows(format);
    const sink = this.live.onMessage(taskTopic('windows', TASK), bytes.length)!;
    sink.write(bytes);
    sink.end();
  }

  /** Turns until nothing is under way. */
  settle(): void {
    for (let turns = 0; this.clock.timers > 0; turns++) {
      assert.ok(turns < 1000, 'it goes on and on');
      this.clock.turn();
    }
  }

  sample(count: number): void {
    for (let i = 0; i < count; i++) this.#onSample?.(Int16Array.of(i, -i, 7));
  }
}

/** Flash with a full ring. @returns how many windows it has */
function filled(chip: NorChip): number {
  const windows = new OwnExamples(chip).record(FORMAT, 1);
  finish(windows.check());
  windows.label = 1;
  const raw = new Int16Array(FORMAT.steps * FORMAT.channels);
  for (let i = 0; i < KEPT; i++) windows.record(raw.fill(i), false);
  return windows.count;
}

test('a full ring is read in short slices, and nothing of it is used before the last', () => {
  const chip = new NorChip(SHARD_PARTITION_BYTES);
  const count = filled(chip);
  const desk = new Desk(chip);
  desk.hear(FORMAT);
  assert.is(desk.flash.readBytes, 0, 'not while a message is at work');
  let slices = 0;
  for (; !desk.isSampling && slices < 1000; slices++) {
    assert.is(desk.own.count, 0);
    const before = desk.flash.readBytes;
    desk.clock.turn();
    const bytes = desk.flash.readBytes - before;
    assert.ok(bytes <= 4096, `slice of ${bytes} bytes`);
  }
  assert.ok(slices > 25 && slices < 100, `${slices} slices`);
  assert.is(desk.own.count, count);
  assert.equal(desk.counts, [0, count], 'the client hears of them when all are there');
  assert.equal(desk.lines, [`live windows of 64 samples, 3 labels; ${count} kept`]);
});

test('a label of that time holds from the first sample, and the same message again begins nothing again', () => {
  const desk = new Desk(new NorChip(SHARD_PARTITION_BYTES));
  desk.hear(FORMAT);
  desk.clock.turn();
  desk.hear(FORMAT);
  desk.live.label(2);
  desk.sample(64); // nobody listens yet
  desk.settle();
  desk.hear(FORMAT);
  desk.sample(64);
  assert.is(desk.own.windows?.count, 1);
  assert.is(desk.lines.filter((line) => /^live windows/.test(line)).length, 1);
});

test('another task in the middle of it takes its place; a stop ends it', () => {
  const chip = new NorChip(SHARD_PARTITION_BYTES);
  filled(chip);
  const desk = new Desk(chip);
  desk.hear(FORMAT);
  desk.clock.turn();
  desk.hear(OTHER);
  desk.settle();
  assert.ok(desk.isSampling);
  assert.equal(desk.lines.length, 1);
  assert.match(desk.lines[0], /^live windows of 32 samples/);
  desk.hear(FORMAT);
  desk.clock.turn();
  desk.live.stop();
  assert.is(desk.clock.timers, 0);
  assert.not(desk.isSampling);
});

test('a task takes the sensor that fits it, and the one of the task before is at rest', () => {
  const desk = new Desk(new NorChip(SHARD_PARTITION_BYTES));
  for (const [format, channels] of [
    [SOUND, 40],
    [FORMAT, 3],
    [SOUND, 40],
  ] as const) {
    desk.hear(format);
    desk.settle();
    assert.equal([...desk.running], [channels]);
  }
  assert.throws(
    () => desk.hear({ ...SOUND, hertz: 50 }),
    /sensor of 3 channels at 50 Hz, 40 channels at 25 Hz, expected 40 at 50/,
  );
  assert.equal([...desk.running], [40]);
});

test('flash that cannot be read is said, and read again with the next message', () => {
  const chip = new NorChip(SHARD_PARTITION_BYTES);
  const count = filled(chip);
  const desk = new Desk(chip);
  desk.hear(FORMAT);
  desk.clock.turn();
  desk.flash.fails = true;
  desk.settle();
  assert.equal(desk.lines, ['windows in flash not used: Error flash does not answer']);
  assert.not(desk.isSampling);
  assert.is(desk.own.count, 0);
  desk.flash.fails = false;
  desk.hear(FORMAT);
  desk.settle();
  assert.ok(desk.isSampling);
  assert.is(desk.own.count, count);
});

test.run();
