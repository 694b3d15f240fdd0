import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Examples } from '../../../firmware/ports/ports.js';
import { decodeModelHead, MAX_MODEL_HEAD } from '../../../shared/protocol/model.js';
import { parseTopic } from '../../../shared/protocol/topics.js';
import type { RoomOptions } from '../../../tools/emulator/room.js';
import { observe } from '../../../tools/replay/observer.js';
import { Recorder } from '../../../tools/replay/recorder.js';
import { Twin } from '../../../tools/replay/twin.js';
import { Folders } from '../../broker/folder.js';
import { until } from '../../firmware/room.js';
import { digitsRoom, digitsSettings, ended, openDigits, ROUNDS, SHARDS, TASK } from '../emulator/digits.js';

const test = suite('replay/twin');

const folders = new Folders();
test.after(() => folders.remove());

const DEVICE = 'emu-0003';
const EXAMPLES = SHARDS[2];

/** A weight of the first layer: to unit 16, of a pixel that is dark in most digits. */
const WEIGHT = 16 * 64 + 20;

interface Shadowed {
  readonly lines: readonly string[]; // of the twin
  readonly twin: Twin;
  readonly refused: readonly string[]; // topics that the broker kept to itself
}

/** How the twin hears its board: over its shoulder, or at the broker, which may let it or not. */
type Ear = 'room' | 'broker' | 'broker that keeps updates';

/** A federation with the twin of one board of the room beside it. */
async function shadowed(
  ear: Ear,
  examples: Examples = EXAMPLES,
  changes: (models: readonly Uint8Array[]) => Partial<RoomOptions> = () => ({}),
): Promise<Shadowed> {
  const lines: string[] = [];
  const refused: string[] = [];
  const models: Uint8Array[] = [];
  const log = (line: string) => lines.push(line);
  const twin = new Twin(log);
  const recorder = new Recorder(
    (device) => (device === DEVICE ? examples : undefined),
    (recorded) => twin.compare(recorded),
  );
  const broker = await openDigits(digitsSettings(folders.make(), { hearUpdates: ear === 'broker' }));
  const hear = (topic: string, payload: Uint8Array) => {
    if (parseTopic(topic)?.kind === 'model') models.push(payload);
    recorder.hear(topic, payload);
  };
  let isListening = false;
  const observer = observe({
    broker: { host: '127.0.0.1', port: broker.port },
    task: TASK,
    device: ear === 'room' ? undefined : DEVICE,
    ...{ hear, log },
    onListening: () => {
      isListening = true;
    },
    onRefused: (topic) => refused.push(topic),
  });
  const room = digitsRoom(broker.port, {
    joinMs: 300,
    onPublish: ear === 'room' ? (_device, topic, payload) => hear(topic, payload) : undefined,
    ...changes(models),
  });
  try {
    await until('the observer', () => (isListening || refused.length > 0) && models.length > 0);
    room.start();
    await ended(broker, () => lines);
    if (ear !== 'broker that keeps updates') await until('the twin', () => twin.compared >= ROUNDS);
  } finally {
    room.stop();
    observer.close();
    await broker.close();
  }
  return { lines, twin, refused };
}

/** Turns one bit of WEIGHT over where a model lies in a board's flash. @returns whether it lies there */
function flipInFlash(path: string, frame: Uint8Array): boolean {
  const { parameterOffset } = decodeModelHead(frame.subarray(0, MAX_MODEL_HEAD));
  const flash = readFileSync(path);
  const at = flash.indexOf(frame);
  if (at < 0) return false;
  flash[at + parameterOffset + 2 * WEIGHT + 1] ^= 0x10;
  writeFileSync(path, flash);
  return true;
}

test('the twin of a board makes the same updates, round by round', async () => {
  const { lines, twin } = await shadowed('room');
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
  const { lines, twin } = await shadowed('room', changed as typeof EXAMPLES);
  assert.match(twin.alarm ?? '', new RegExp(`^twin of ${DEVICE}, round 1 attempt 1: first at byte \\d+ of `));
  assert.match(lines[0], /^ALARM: twin of emu-0003, round 1 /);
});

test('a twin that hears its board at the broker compares every round, too', async () => {
  const { lines, twin, refused } = await shadowed('broker');
  assert.equal(refused, []);
  assert.is(twin.alarm, undefined);
  assert.is(lines.length, ROUNDS, lines.join('\n'));
});

test('a weight that changes by one bit in a board’s flash is an alarm in that round', async () => {
  const flashFolder = folders.make();
  let looking: NodeJS.Immediate | undefined;
  let flips = 0;
  // in the very turn after the download: the model was checked, and is not read yet
  const look = (model: Uint8Array) => {
    if (flipInFlash(join(flashFolder, `${DEVICE}.flash`), model)) flips += 1;
    else looking = setImmediate(look, model);
  };
  const { lines, twin } = await shadowed('broker', EXAMPLES, (models) => ({
    flashFolder,
    onPublish(device) {
      if (device === DEVICE && looking === undefined) looking = setImmediate(look, models[0]);
    },
  })).finally(() => clearImmediate(looking));
  assert.is(flips, 1);
  assert.match(lines[0], /^ALARM: twin of emu-0003, round 1 attempt 1 made another update: first at byte /);
  assert.match(twin.alarm ?? '', /^twin of emu-0003, round 1 attempt 1: /);
  // the next model is another, and lies elsewhere
  for (const line of lines.slice(1)) assert.match(line, /: the same \d+ B$/);
});

test('a broker that keeps updates to itself refuses, and the observer says so', async () => {
  const { refused, twin } = await shadowed('broker that keeps updates');
  assert.equal(refused, [`fl/1/digits/update/${DEVICE}`]);
  assert.is(twin.compared, 0);
});

test.run();
