import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { observe } from '../../../tools/replay/observer.js';
import { Recorder } from '../../../tools/replay/recorder.js';
import { Twin } from '../../../tools/replay/twin.js';
import { Folders } from '../../broker/folder.js';
import { sleep, until } from '../../firmware/room.js';
import { digitsRoom, digitsSettings, openDigits, ROUNDS, SHARDS, TASK } from '../emulator/digits.js';

const test = suite('replay/twin');

const folders = new Folders();
test.after(() => folders.remove());

const DEVICE = 'emu-0003';
const EXAMPLES = SHARDS[2];

/** A federation with the twin of one board of the room beside it. @returns what the twin said */
async function shadowed(isElsewhere: boolean, examples = EXAMPLES): Promise<{ lines: string[]; twin: Twin }> {
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  const twin = new Twin(log);
  const recorder = new Recorder(
    (device) => (device === DEVICE ? examples : undefined),
    (recorded) => twin.compare(recorded),
  );
  const broker = await openDigits(digitsSettings(folders.make()));
  const address = { host: '127.0.0.1', port: broker.port };
  const hear = (topic: string, payload: Uint8Array) => recorder.hear(topic, payload);
  const observer = observe(address, TASK, hear, log, isElsewhere ? DEVICE : undefined);
  await sleep(1000); // until it has subscribed
  const room = digitsRoom(broker.port, {
    joinMs: 300,
    onPublish: (_device, topic, payload) => hear(topic, payload),
  });
  room.start();
  await broker.finished;
  await until('the twin', () => lines.length >= ROUNDS);
  room.stop();
  observer.close();
  await broker.close();
  return { lines, twin };
}

test('the twin of a board makes the same updates, round by round', async () => {
  const { lines, twin } = await shadowed(false);
  assert.is(twin.alarm, undefined);
  assert.is(lines.length, ROUNDS);
  for (const [i, line] of lines.entries()) {
    assert.match(line, new RegExp(`^twin of ${DEVICE}, round ${i + 1} attempt 1: the same \\d+ B$`));
  }
});

test('one bit of one example is an alarm at the first update', async () => {
  const { count, features, signed, classes } = EXAMPLES;
  const changed = {
    ...{ count, features, signed, classes },
    read(index: number, out: Uint8Array) {
      const label = EXAMPLES.read(index, out);
      if (index === 0) out[20] ^= 8;
      return label;
    },
  };
  const { lines, twin } = await shadowed(false, changed as typeof EXAMPLES);
  assert.match(twin.alarm ?? '', new RegExp(`^twin of ${DEVICE}, round 1 attempt 1: first at byte \\d+ of `));
  assert.match(lines[0], /^ALARM: twin of emu-0003, round 1 /);
});

test('a broker that keeps updates to itself refuses, and the observer says so', async () => {
  const { lines } = await shadowed(true);
  assert.match(lines.join('\n'), /broker refuses to let fl\/1\/digits\/update\/emu-0003 be heard/);
});

test.run();
