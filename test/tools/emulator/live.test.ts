import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type RunningBroker, startBroker } from '../../../broker/main.js';
import type { FederationEvent, RoundSummary } from '../../../broker/rounds/event.js';
import { putLabel } from '../../../broker/storage/labels.js';
import { recipeOf } from '../../../shared/model/recipe.js';
import { decodePrediction } from '../../../shared/protocol/prediction.js';
import { liveModel, MOTION, SOUND } from '../../../tools/cli/live.js';
import { Room, type RoomOptions } from '../../../tools/emulator/room.js';
import { Folders } from '../../broker/folder.js';
import { until } from '../../firmware/room.js';
import { ended, QUICK } from './digits.js';

const test = suite('live');

const folders = new Folders();
test.after(() => folders.remove());

const BOARDS = 5;
const ROUNDS = 8;
const TASK = 'motion';
/** On a busy machine a delta is late: that is no reason to take the whole model. */
const PATIENT = { ...QUICK, downloadMs: 60_000 };

function settings(folder: string, rounds = ROUNDS, task = TASK, live = MOTION) {
  return {
    task,
    taskSeed: 1,
    description: liveModel(task, live),
    live,
    folder,
    host: '127.0.0.1',
    port: 0,
    recipe: recipeOf('sparrow', 0.3, { rounds, epochs: 3, holdBackEvery: 4 }),
    cohort: BOARDS,
    goal: BOARDS,
    minimum: BOARDS,
    deadlineMs: 0,
    gatherMs: 0,
    maxDevices: BOARDS,
  };
}

function roomOf(broker: RunningBroker, changes: Partial<RoomOptions> = {}): Room {
  return new Room({
    broker: { host: '127.0.0.1', port: broker.port },
    task: TASK,
    board: 'esp32',
    shards: new Array(BOARDS).fill(undefined),
    seed: 1,
    joinMs: 20,
    settings: PATIENT,
    sensor: { name: 'motion', speed: 40 },
    ...changes,
  });
}

test('boards learn three motions from their sensors, and say what they see', async () => {
  const rounds: RoundSummary[] = [];
  const events: FederationEvent[] = [];
  const lines: string[] = [];
  const predicted: { readonly device: string; readonly label: number }[] = [];
  const broker = await startBroker(settings(folders.make()), {
    onEvent(event) {
      events.push(event);
      if (event.kind === 'committed') rounds.push(event);
    },
    log: (line) => lines.push(line),
  });
  const room = roomOf(broker, {
    log: (device, text) => lines.push(`${device} ${text}`),
    onPublish(device, topic, payload) {
      if (topic.includes('/prediction/')) predicted.push({ device, label: decodePrediction(payload).label });
    },
  });
  const isTold = () => events.some((event) => event.kind === 'prediction' && event.label < MOTION.classes);
  try {
    room.start();
    await ended(broker, () => lines);
    await until('predictions after the last round', () => predicted.length >= BOARDS && isTold());
  } finally {
    room.stop();
    await broker.close();
  }
  const accuracy = rounds.map(({ heldBackAccuracy = 0 }) => heldBackAccuracy);
  assert.ok(accuracy[0] < 0.6 && accuracy[ROUNDS - 1] > 0.8, accuracy.join(' '));
  assert.is(events.filter(({ kind }) => kind === 'normalised').length, 1);
  assert.ok(
    lines.some((line) => /^emu-000\d sees [012], \d+ %$/.test(line)),
    lines.slice(-20).join('\n'),
  );
  assert.not(
    lines.some((line) => /dropped|failed|not used/.test(line)),
    lines.filter((line) => /dropped|failed|not used/.test(line)).join('\n'),
  );
});

test('boards learn four sounds from their microphones, through the front end of a board', async () => {
  const rounds: RoundSummary[] = [];
  const lines: string[] = [];
  const predicted = new Set<number>();
  const broker = await startBroker(settings(folders.make(), ROUNDS, 'sound', SOUND), {
    onEvent: (event) => event.kind === 'committed' && rounds.push(event),
    log: () => {},
  });
  const room = roomOf(broker, {
    task: 'sound',
    sensor: { name: 'sound', speed: 40 },
    log: (device, text) => lines.push(`${device} ${text}`),
    onPublish(_device, topic, payload) {
      if (topic.includes('/prediction/')) predicted.add(decodePrediction(payload).label);
    },
  });
  try {
    room.start();
    await ended(broker, () => lines);
    await until('predictions of every label', () => predicted.size === SOUND.classes);
  } finally {
    room.stop();
    await broker.close();
  }
  const accuracy = rounds.map(({ heldBackAccuracy = 0 }) => heldBackAccuracy);
  assert.ok(accuracy[0] < 0.6 && accuracy[ROUNDS - 1] > 0.8, accuracy.join(' '));
});

test('a federation that its broker goes on with after a restart keeps its normalisation', async () => {
  const folder = folders.make();
  const run = async (rounds: number) => {
    const events: FederationEvent[] = [];
    const lines: string[] = [];
    const broker = await startBroker(settings(folder, rounds), {
      onEvent: (event) => events.push(event),
      log: () => {},
    });
    const room = roomOf(broker, { log: (device, text) => lines.push(`${device} ${text}`) });
    try {
      room.start();
      await ended(broker, () => lines);
    } finally {
      room.stop();
      await broker.close();
    }
    return events;
  };
  assert.ok((await run(1)).some(({ kind }) => kind === 'normalised'));
  const again = await run(2);
  assert.not(again.some(({ kind }) => kind === 'normalised' || kind === 'moments'));
  assert.is(again.filter(({ kind }) => kind === 'committed').length, 1);
});

test('a label that a person gives at the broker reaches the board, and ends', async () => {
  const folder = folders.make();
  const lines: string[] = [];
  const broker = await startBroker(settings(folder), { onEvent: () => {}, log: (line) => lines.push(line) });
  const room = roomOf(broker, {
    shards: [undefined],
    sensor: { name: 'motion', speed: 0.001 },
    log: (device, text) => lines.push(`${device} ${text}`),
  });
  try {
    room.start();
    await until('the task', () =>
      lines.some((line) => /live windows of 64 samples, 3 labels; 0 kept/.test(line)),
    );
    putLabel(`${folder}/labels`, { device: 'emu-0001', label: 2, seconds: 1 });
    await until('the label', () => lines.includes('emu-0001 windows are recorded as 2'));
    assert.ok(lines.includes('emu-0001: label 2 for 1 s'));
    await until('its end', () => lines.includes('emu-0001 0 windows'));
    putLabel(`${folder}/labels`, { device: 'emu-0001', label: 3, seconds: 0 });
    await until('a word', () => lines.some((line) => /label 3, expected 0 to 2/.test(line)));
  } finally {
    room.stop();
    await broker.close();
  }
});

test.run();
