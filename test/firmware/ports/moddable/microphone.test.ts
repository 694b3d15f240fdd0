import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Microphone } from '../../../../firmware/ports/moddable/microphone.js';
import { FRAME } from '../../../../firmware/sound/table.js';

const test = suite('moddable/microphone');

/** What the SDK's input gives at a time: a block of 512 samples. */
const BLOCK = 1024;

/** An audio input as the SDK's: a read of more than there is throws, and what waits is told after each block. */
class Input {
  readonly said: string[] = [];
  readonly microphone: Microphone;
  opened = 0;
  closed = 0;
  waiting = 0; // bytes
  heard = 0; // samples of the sensor
  fails = false; // the next read
  #onReadable: (bytes: number) => void = () => {};
  #sample = 0;

  constructor() {
    this.microphone = new Microphone({
      log: { line: (text) => void this.said.push(text) },
      open: (onReadable) => {
        this.opened += 1;
        this.waiting = 0;
        this.#onReadable = onReadable;
        return {
          start() {},
          read: (into) => this.#read(into),
          close: () => {
            this.closed += 1;
          },
        };
      },
    });
  }

  listen(): void {
    this.microphone.start((values) => {
      assert.is(values.length, 40);
      this.heard += 1;
    });
  }

  /** Time passes, and the engine has none for the microphone. */
  block(blocks: number): void {
    this.waiting += blocks * BLOCK;
  }

  /** Blocks come one by one. */
  pass(blocks: number): void {
    for (let i = 0; i < blocks; i++) {
      this.waiting += BLOCK;
      const before = this.heard;
      this.#onReadable(this.waiting);
      assert.ok(this.heard - before <= 1, 'two never come at once');
    }
  }

  #read(into: Uint8Array): void {
    const isWrong = into.length > this.waiting || this.fails;
    this.fails = false;
    if (isWrong) throw new Error('invalid size');
    this.waiting -= into.length;
    into.fill(this.#sample++);
  }
}

test('a sample comes for every 640 of sound, and nothing stays behind', () => {
  const input = new Input();
  input.listen();
  input.pass(100);
  assert.is(input.heard, Math.floor((100 * BLOCK) / (2 * FRAME)));
  assert.ok(input.waiting < 2 * FRAME);
});

test('what waits after a slice of training is caught up with, and none of it is lost', () => {
  const input = new Input();
  input.listen();
  input.pass(10);
  input.block(3); // 96 ms
  input.pass(40);
  assert.is(input.microphone.dropped, 0);
  assert.is(input.heard, Math.floor((53 * BLOCK) / (2 * FRAME)));
});

test('what is too much is dropped, counted and said; then it goes on', () => {
  const input = new Input();
  input.listen();
  input.pass(1);
  input.block(6);
  input.pass(1);
  assert.is(input.waiting, 0);
  assert.is(input.microphone.dropped, 7);
  assert.equal(input.said, ['no time for what the microphone heard: 7 frames so far']);
  input.pass(5);
  assert.is(input.heard, 4, 'with a frame that begins anew');
});

test('the input is open from start to stop, and a sample may be the last', () => {
  const input = new Input();
  input.microphone.stop();
  input.microphone.start(() => input.microphone.stop());
  input.pass(2);
  assert.equal([input.opened, input.closed], [1, 1]);
  input.listen();
  input.listen();
  input.pass(2);
  assert.is(input.heard, 1);
  assert.equal([input.opened, input.closed], [3, 2]);
});

test('an input that fails once is said, and it goes on', () => {
  const input = new Input();
  input.listen();
  input.fails = true;
  input.pass(1);
  assert.equal(input.said, ['microphone: Error invalid size']);
  input.pass(10);
  assert.ok(input.heard > 5);
});

test.run();
