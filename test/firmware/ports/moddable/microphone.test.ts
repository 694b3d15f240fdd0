import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type AudioInput,
  type AudioOptions,
  Microphone,
  openMicrophone,
} from '../../../../firmware/ports/moddable/microphone.js';
import { LogMel } from '../../../../firmware/sound/logmel.js';
import { FRAME } from '../../../../firmware/sound/table.js';

const test = suite('moddable/microphone');

/** What the SDK's input gives at a time: a block of 512 samples. */
const BLOCK = 1024;

/** A board with an audio input as the SDK's: a read of more than there is throws. */
class Room {
  readonly said: string[] = [];
  readonly made: AudioOptions[] = [];
  readonly microphone: Microphone;
  closed = 0;
  waiting = 0; // bytes
  heard = 0; // samples of the sensor
  fails = false; // the next read

  constructor() {
    this.microphone = new Microphone(this.audioIn(), new LogMel(), {
      line: (text) => void this.said.push(text),
    });
  }

  audioIn() {
    const room = this;
    return class implements AudioInput {
      constructor(options: AudioOptions) {
        room.made.push(options);
        room.waiting = 0;
      }
      start(): void {}
      read(into: Uint8Array): number {
        const isWrong = into.length > room.waiting || room.fails;
        room.fails = false;
        if (isWrong) throw new Error('invalid size');
        room.waiting -= into.length;
        return into.length;
      }
      close(): void {
        room.closed += 1;
      }
    };
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
      this.made.at(-1)?.onReadable(this.waiting);
      assert.ok(this.heard - before <= 1, 'two never come at once');
    }
  }
}

test('a sample comes for every 640 of sound, and nothing stays behind', () => {
  const room = new Room();
  room.listen();
  room.pass(100);
  assert.is(room.heard, Math.floor((100 * BLOCK) / (2 * FRAME)));
  assert.ok(room.waiting < 2 * FRAME);
});

test('what waits after a slice of training is caught up with, and none of it is lost', () => {
  const room = new Room();
  room.listen();
  room.pass(10);
  room.block(3); // 96 ms
  room.pass(40);
  assert.is(room.microphone.dropped, 0);
  assert.is(room.heard, Math.floor((53 * BLOCK) / (2 * FRAME)));
});

test('what is too much is dropped, counted and said; then it goes on', () => {
  const room = new Room();
  room.listen();
  room.pass(1);
  room.block(6);
  room.pass(1); // 8 blocks wait
  assert.is(room.waiting, 8 * BLOCK - 6 * 2 * FRAME);
  assert.is(room.microphone.dropped, 6);
  assert.equal(room.said, ['no time for what the microphone heard: 6 frames so far']);
  room.pass(5);
  assert.is(room.heard, 4);
});

test('the input is open from start to stop, and a sample may be the last', () => {
  const room = new Room();
  room.microphone.stop();
  room.microphone.start(() => room.microphone.stop());
  room.pass(2);
  assert.equal([room.made.length, room.closed], [1, 1]);
  room.listen();
  room.listen();
  room.pass(2);
  assert.is(room.heard, 1);
  assert.equal([room.made.length, room.closed], [3, 2]);
});

test('an input that fails once is said, and it goes on', () => {
  const room = new Room();
  room.listen();
  room.fails = true;
  room.pass(2);
  assert.equal(room.said, ['microphone: Error invalid size']);
  room.pass(10);
  assert.ok(room.heard > 5);
});

test('sound is asked for as the front end needs it', () => {
  const room = new Room();
  room.listen();
  const [{ sampleRate, channels, bitsPerSample }] = room.made;
  assert.equal([sampleRate, channels, bitsPerSample], [16_000, 1, 16]);
});

test('a board on which a frame takes too long has no microphone, and says why', () => {
  const room = new Room();
  const open = (frameMs: number) => {
    let ms = 0;
    const clock = {
      nowMs: () => {
        ms += frameMs;
        return ms;
      },
      after: () => ({ cancel() {} }),
    };
    return openMicrophone(room.audioIn(), clock, { line: (text) => void room.said.push(text) });
  };
  assert.instance(open(3), Microphone);
  assert.is(open(300), undefined);
  assert.equal(room.said, ['no microphone: 300 ms for 40 ms of sound, expected at most 20: kernels in C']);
  assert.is(room.made.length, 0, 'no input is open before a task needs it');
});

test.run();
