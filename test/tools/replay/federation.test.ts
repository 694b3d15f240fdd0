import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ValueBits } from '../../../shared/model/delta.js';
import { type PresetName, recipeOf } from '../../../shared/model/recipe.js';
import { taskTopic } from '../../../shared/protocol/topics.js';
import { deviceName } from '../../../tools/emulator/room.js';
import { readCapsule, storedModel, writeCapsule } from '../../../tools/replay/capsule.js';
import { XsReplayer } from '../../../tools/replay/engine.js';
import { observe } from '../../../tools/replay/observer.js';
import { Recorder, storeFor } from '../../../tools/replay/recorder.js';
import { replay } from '../../../tools/replay/replay.js';
import { skip } from '../../../tools/test/skip.js';
import { missingForHost } from '../../../tools/xs/build.js';
import { Folders } from '../../broker/folder.js';
import { Connections, inbox, until } from '../../broker/mqtt/clients.js';
import { sparrow } from '../cli/sparrow.js';
import {
  BOARDS,
  digitsRoom,
  digitsSettings,
  ended,
  openDigits,
  ROUNDS,
  SHARDS,
  TASK,
} from '../emulator/digits.js';

const test = suite('capsules of federations');

const folders = new Folders();
const connections = new Connections();
test.after(async () => {
  await connections.close();
  folders.remove();
});

const METHODS: readonly (readonly [PresetName, number, ValueBits])[] = [
  ['sparrow', 0.1, 16],
  ['zerofl', 0.2, 8],
  ['mask', 0.2, 4],
  ['dense', 1, 8],
];

/** Capsules of all that a room sent; of its models all but the first went down as differences, too. */
async function capsulesOf(preset: PresetName, density: number, valueBits: ValueBits): Promise<string> {
  const folder = folders.make();
  const examples = new Map(SHARDS.map((shard, i) => [deviceName(i), shard]));
  const recorder = new Recorder(
    (device) => examples.get(device),
    (recorded) => {
      storeFor(folder, recorded);
      writeCapsule(folder, recorded.capsule);
    },
  );
  const recipe = recipeOf(preset, density, { rounds: ROUNDS, valueBits });
  const broker = await openDigits(digitsSettings(folders.make(), { recipe }));
  const hear = (topic: string, payload: Uint8Array) => recorder.hear(topic, payload);
  let isListening = false;
  const observer = observe({
    broker: { host: '127.0.0.1', port: broker.port },
    task: TASK,
    hear,
    log: (line) => assert.unreachable(line),
    onListening: () => {
      isListening = true;
    },
    onRefused: (topic) => assert.unreachable(topic),
  });
  const lines: string[] = [];
  const room = digitsRoom(broker.port, {
    onPublish: (_device, topic, payload) => hear(topic, payload),
    log: (device, text) => lines.push(`${device} ${text}`),
  });
  try {
    await until(() => isListening, 'the observer');
    const downlink = await connections.client(broker.port, 'observer:downlink');
    const box = inbox(downlink);
    await downlink.subscribeAsync(taskTopic('delta', TASK), { qos: 1 });
    room.start();
    await ended(broker, () => lines);
    await until(() => capsulesIn(folder).length === BOARDS * ROUNDS, 'the capsules');
    // where all weights change, a difference is no shorter than the model
    if (preset !== 'dense') await until(() => box.length >= ROUNDS - 1, 'the differences');
    return folder;
  } finally {
    room.stop();
    observer.close();
    await broker.close();
  }
}

function capsulesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.capsule'))
    .map((name) => join(folder, name));
}

const missing = missingForHost();
if (missing !== undefined) skip('c', missing);

for (const [preset, density, valueBits] of METHODS) {
  test(`${preset} with values of ${valueBits} bits: every update of a federation is made again, bit for bit`, async () => {
    const folder = await capsulesOf(preset, density, valueBits);
    const xs = missing === undefined ? await XsReplayer.open() : undefined;
    try {
      for (const path of capsulesIn(folder)) {
        const { same, different } = await replay(path, xs);
        assert.equal(different, [], path);
        assert.is(same.length, xs === undefined ? 1 : 2);
      }
    } finally {
      await xs?.close();
    }
  });
}

test('the command goes on after capsules that are none, tells each in one line and ends with code 1', async () => {
  const folder = await capsulesOf('sparrow', 0.1, 16);
  const [cut, noise, bare, ...rest] = capsulesIn(folder);
  const { model } = readCapsule(bare);
  writeFileSync(cut, readFileSync(cut).subarray(0, 100));
  writeFileSync(
    noise,
    Uint8Array.from({ length: 500 }, (_, i) => (i * 167) & 255),
  );
  writeFileSync(storedModel(folder, { model }), 'gone');
  const { code, lines, errors } = await sparrow(folder, ['replay', cut, noise, bare]);
  assert.equal(errors, []);
  assert.is(code, 1);
  assert.match(lines[0], /^capsule .*: no JSON, expected a capsule$/);
  assert.match(lines[1], /^capsule .*: no JSON, expected a capsule$/);
  assert.match(lines[2], /: weights: model [0-9a-f]{64}, expected model [0-9a-f]{64}$/);
  assert.is(lines[3], '0 of 3 capsules gave the same update');
  assert.is(rest.length, BOARDS * ROUNDS - 3);
  const gone = await sparrow(folder, ['replay', 'nowhere']);
  assert.is(gone.code, 1);
  assert.equal(gone.errors, ['sparrow: nowhere: no such file, expected a capsule or a folder of them']);
});

test.run();
