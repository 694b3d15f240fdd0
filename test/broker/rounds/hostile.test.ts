import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Collection } from '../../../broker/rounds/collection.js';
import { Random } from '../../../shared/fixed/random.js';
import { maxBiasShift, maxValueShift } from '../../../shared/model/delta.js';
import { maxUpdateBytes } from '../../../shared/protocol/update.js';
import { fixChecksum } from '../../shared/protocol/samples.js';
import { Folders } from '../folder.js';
import { devices, recipe, roundSettings, updateFrame } from '../task.js';
import { Room } from './room.js';

const test = suite('hostile updates');

const folders = new Folders();
const rooms: Room[] = [];
test.after(() => {
  for (const room of rooms) room.close();
  folders.remove();
});

const NAMES = devices(3);
const [EVIL] = NAMES;

/** A round of three boards that is announced. */
async function opened(): Promise<Room> {
  const room = new Room(folders.make(), roundSettings(3, { recipe: recipe({ rounds: 2 }) }));
  rooms.push(room);
  await room.ready(NAMES);
  return room;
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** Byte offsets in an update frame: a header of 16, the head, then 12 for each layer. */
const DEVICE = 16;
const ROUND = 20;
const ATTEMPT = 24;
const EXAMPLES = 26;
const HELD_BACK = 30;
const CORRECT = 32;
const LAYER_COUNT = 34;
const BASE_HASH = 36;
const MACS_HIGH = 48;
const SENT = 52;
const POSITION_BYTES = 56;
const BIASES = 60;
const SHIFT = 62;
const BIAS_SHIFT = 63;

const FIELDS: readonly (readonly [string, number, number, number, string])[] = [
  // what, offset, bytes, value, verdict
  ['the hash of another device', DEVICE, 4, 12345, 'wrong device'],
  ['round 0', ROUND, 4, 0, 'malformed'],
  ['a later round', ROUND, 4, 2, 'wrong round'],
  ['attempt 0', ATTEMPT, 2, 0, 'malformed'],
  ['no examples', EXAMPLES, 2, 0, 'malformed'],
  ['more examples than may weigh', EXAMPLES, 2, 4096, 'malformed'],
  ['the most examples', EXAMPLES, 2, 65535, 'malformed'],
  ['more right than held back', CORRECT, 2, 65535, 'malformed'],
  ['fewer held back than right', HELD_BACK, 2, 0, 'malformed'],
  ['no layers', LAYER_COUNT, 2, 0, 'malformed'],
  ['more layers than the head holds', LAYER_COUNT, 2, 3, 'malformed'],
  ['another base model', BASE_HASH, 4, 1, 'wrong base model'],
  ['more multiply-accumulates than a number holds', MACS_HIGH, 4, 0xffff_ffff, 'malformed'],
  ['no values', SENT, 4, 0, 'malformed'],
  ['more values than the layer has', SENT, 4, 49, 'malformed'],
  ['values without end', SENT, 4, 0xffff_ffff, 'malformed'],
  ['fewer values', SENT, 4, 1, 'malformed'],
  ['position bytes without end', POSITION_BYTES, 4, 0xffff_ffff, 'malformed'],
  ['no position bytes', POSITION_BYTES, 4, 0, 'malformed'],
  ['other biases', BIASES, 2, 5, 'malformed'],
  ['a shift beyond the proof', SHIFT, 1, maxValueShift(16) + 1, 'malformed'],
  ['a shift without end', SHIFT, 1, 255, 'malformed'],
  ['a bias shift beyond the proof', BIAS_SHIFT, 1, maxBiasShift(16) + 1, 'malformed'],
];

test('fields that lie, under a right checksum, are refused by name and leave no trace in the model', async () => {
  const honest = await opened();
  await honest.reportAll(NAMES);
  const room = await opened();
  const good = updateFrame(room.plan, room.model, EVIL);
  for (const [what, offset, size, value, verdict] of FIELDS) {
    const frame = good.slice();
    for (let i = 0; i < size; i++) frame[offset + i] = Math.floor(value / 256 ** i) % 256;
    fixChecksum(frame);
    assert.is(await room.tell(EVIL, frame), verdict, what);
  }
  await room.reportAll(NAMES);
  assert.is(room.failure, undefined);
  assert.is(hex(room.modelFrame), hex(honest.modelFrame));
});

test('any change of bytes under a right checksum gets a verdict', async () => {
  const random = new Random(11);
  const { plan, planFrame, model } = await opened();
  const good = updateFrame(plan, model, EVIL);
  const terms = { round: 1, attempt: 1, cohort: 3, goal: 3, minimum: 3, announcedMs: 0, planFrame };
  const counts = new Map<string, number>();
  for (let i = 0; i < 3000; i++) {
    let frame = good.slice();
    for (let n = random.below(3); n >= 0; n--) frame[16 + random.below(good.length - 16)] = random.below(256);
    if (i % 5 === 0) frame = frame.slice(0, 16 + random.below(good.length - 16));
    new DataView(frame.buffer).setUint32(8, Math.max(0, frame.length - 76), true);
    fixChecksum(frame);
    const collection = new Collection(terms, model);
    const { kind } = collection.judge(EVIL, frame);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    if (kind === 'accepted') collection.result(undefined); // whatever it says, there is a model after it
  }
  assert.ok((counts.get('malformed') ?? 0) > 500, JSON.stringify([...counts]));
  assert.ok((counts.get('accepted') ?? 0) > 500, JSON.stringify([...counts]));
});

test('the largest numbers that the wire allows stay within the model', async () => {
  const room = await opened();
  const { plan, model } = room;
  for (const sign of [32767, -32768]) {
    const layers = model.head.layout.layers.map(({ index, weights, outputs }) => {
      const { sent } = plan.layers[index];
      return {
        positions:
          sent === weights.length ? ('all' as const) : Uint32Array.from({ length: sent }, (_, i) => i),
        values: new Int16Array(sent).fill(sign),
        shift: maxValueShift(16),
        biases: new Int16Array(outputs).fill(sign),
        biasShift: maxBiasShift(16),
      };
    });
    const extremes = { layers, examples: 4095, loss: 65535, heldBack: 65535, correct: 65535 };
    const name = sign > 0 ? NAMES[0] : NAMES[1];
    assert.is(await room.report(name, { ...extremes, macs: Number.MAX_SAFE_INTEGER }), 'accepted');
  }
  await room.report(NAMES[2]);
  assert.is(room.failure, undefined);
  assert.is(room.of('committed').length, 1); // and the new model was encoded, with all that checks
});

test('an update of the largest size for another model is refused unread', async () => {
  const room = await opened();
  const frame = new Uint8Array(maxUpdateBytes(room.model.head.layout) & ~3);
  frame.set(updateFrame(room.plan, room.model, EVIL, { baseHash: 'feedfeedfeedfeed' }).subarray(0, 76));
  new DataView(frame.buffer).setUint32(8, frame.length - 76, true);
  fixChecksum(frame);
  assert.is(await room.tell(EVIL, frame), 'wrong base model');
});

test.run();
