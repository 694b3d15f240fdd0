import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SyntheticExamples } from '../../../firmware/data/synthetic.js';
import { localRound } from '../../../firmware/federation/localround.js';
import { Random } from '../../../shared/fixed/random.js';
import { finish } from '../../../shared/masks/work.js';
import { VALUE_BITS } from '../../../shared/model/delta.js';
import { initialModel } from '../../../shared/model/initial.js';
import type { LayerDescription } from '../../../shared/model/layer.js';
import { sourceOf } from '../../../shared/model/model.js';
import { PRESETS, recipeOf } from '../../../shared/model/recipe.js';
import { planTraining, powerOf } from '../../../shared/model/training.js';
import { frameCrc } from '../../../shared/protocol/frame.js';
import { encodeModel } from '../../../shared/protocol/model.js';
import { encodePlan, type Plan } from '../../../shared/protocol/plan.js';
import { deviceTopic, taskTopic } from '../../../shared/protocol/topics.js';
import {
  type Capsule,
  capsulePath,
  readCapsule,
  storedExamples,
  storedModel,
  writeCapsule,
} from '../../../tools/replay/capsule.js';
import { sha256 } from '../../../tools/replay/digest.js';
import { XsReplayer } from '../../../tools/replay/engine.js';
import { modelHashOf, type Recorded, Recorder, storeFor } from '../../../tools/replay/recorder.js';
import { replay } from '../../../tools/replay/replay.js';
import { skip } from '../../../tools/test/skip.js';
import { missingForHost } from '../../../tools/xs/build.js';
import { Folders } from '../../broker/folder.js';
import { planFor } from '../../firmware/federation/server.js';

const test = suite('replay');

const folders = new Folders();
test.after(() => folders.remove());

const TASK = 'digits';
const SHAPE = [5, 4];
const FEATURES = 20;
const CLASSES = 4;

/** A round of a random method, model, plan and board, as it would go by. @returns the capsule's path */
function record(folder: string, seed: number): string {
  const random = new Random(seed);
  const pick = <T>(choices: readonly T[]): T => choices[random.below(choices.length)];
  const device = `board-${random.below(1000)}`;
  const signed = random.below(2) === 0;
  const hidden: LayerDescription[] = pick([
    [],
    [{ kind: 'dense', units: 6 }],
    [
      { kind: 'conv2d', channels: 3, kernel: [2, 2], stride: [1, 1], padding: 'same' },
      { kind: 'maxpool', size: [2, 2], stride: [2, 2] },
    ],
  ]);
  const layers: LayerDescription[] = [...hidden, { kind: 'dense', units: CLASSES }];
  const recipe = recipeOf(pick(PRESETS), 0.3 + random.below(50) / 100, {
    batch: 1 + random.below(9),
    epochs: 1 + random.below(2),
    holdBackEvery: pick([0, 5]),
    reselectEvery: 8 + random.below(20),
    valueBits: pick(VALUE_BITS),
  });
  const input = { shape: SHAPE, type: signed ? 'int8' : 'uint8', exp: signed ? -7 : -8 } as const;
  const model = initialModel({ name: 'replay', input, layers }, seed, powerOf(recipe));
  const examples = new SyntheticExamples(10 + random.below(15), FEATURES, CLASSES, seed, signed);
  const frame = encodeModel(model);
  const plan: Plan = {
    ...planFor(frame, [device], planTraining(recipe, model.head.layout, 1, model)),
    taskSeed: random.next(),
    round: 1 + random.below(100),
    attempt: 1 + random.below(3),
    modelCrc: frameCrc(frame),
    modelHash: modelHashOf(sha256(frame)),
  };
  const work = { plan, device, model: sourceOf(model), examples, sliceMacs: 500 + random.below(10_000) };
  const update = finish(localRound(work)).frame;
  const recorded: Recorded[] = [];
  const recorder = new Recorder(
    (name) => (name === device ? examples : undefined),
    (one) => recorded.push(one),
  );
  // the order in which they come by does not matter, nor does a repetition
  const messages: [string, Uint8Array][] = [
    [taskTopic('plan', TASK), encodePlan(plan)],
    [taskTopic('model', TASK), frame],
    [deviceTopic('update', TASK, device), update],
  ];
  for (let i = 0; i < 3; i++) recorder.hear(...messages[(i + seed) % 3]);
  for (const message of messages) recorder.hear(...message);
  assert.is(recorded.length, 1);
  storeFor(folder, recorded[0]);
  writeCapsule(folder, recorded[0].capsule);
  return capsulePath(folder, recorded[0].capsule);
}

/** Turns one bit of a file over, in a byte counted from its beginning or its end. */
function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at < 0 ? bytes.length + at : at] ^= 8;
  writeFileSync(path, bytes);
}

function change(path: string, changes: Partial<Capsule>): void {
  writeFileSync(path, JSON.stringify({ ...readCapsule(path), ...changes }));
}

function flipped(base64: string, byte: number): string {
  const bytes = Buffer.from(base64, 'base64');
  bytes[byte] ^= 1;
  return bytes.toString('base64');
}

const SPOILS: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  cut: (bytes) => bytes.subarray(0, bytes.length >> 1),
  emptied: () => new Uint8Array(0),
  'random bytes': (bytes) => bytes.map((_, i) => (i * 167 + 31) & 255),
};

const FLIPS: readonly (readonly [
  string,
  (folder: string, path: string, capsule: Capsule) => void,
  RegExp,
])[] = [
  [
    'a bit of the weights',
    (folder, _path, capsule) => flip(storedModel(folder, capsule), -3),
    /^weights: model [0-9a-f]{64}, expected model [0-9a-f]{64}$/,
  ],
  [
    'a bit of an example',
    (folder, _path, capsule) => flip(storedExamples(folder, capsule), 30),
    /^data: examples [0-9a-f]{64}, expected examples [0-9a-f]{64}$/,
  ],
  [
    'a bit of a label',
    (folder, _path, capsule) => flip(storedExamples(folder, capsule), -2 * capsule.examples.count - 1),
    /^data: /,
  ],
  [
    'the order of two examples',
    (folder, _path, capsule) => {
      const path = storedExamples(folder, capsule);
      const bytes = readFileSync(path);
      const labels = 28 + capsule.examples.count * FEATURES;
      const first = Buffer.from(bytes.subarray(28, 28 + FEATURES));
      bytes.copyWithin(28, 28 + FEATURES, 28 + 2 * FEATURES);
      first.copy(bytes, 28 + FEATURES);
      [bytes[labels], bytes[labels + 1]] = [bytes[labels + 1], bytes[labels]];
      writeFileSync(path, bytes);
    },
    /^order: order [0-9a-f]{64}, expected order [0-9a-f]{64}$/,
  ],
  [
    'the seed',
    (_folder, path, capsule) => change(path, { seed: (capsule.seed + 1) % 2 ** 32 }),
    /^seed: \d+, expected \d+$/,
  ],
  [
    'a bit of the plan',
    (_folder, path, capsule) => change(path, { plan: flipped(capsule.plan, 60) }),
    /^plan: plan frame's CRC-32 /,
  ],
  [
    'a bit of the update',
    (_folder, path, capsule) => change(path, { frame: flipped(capsule.frame, 80) }),
    /^update: [0-9a-f]{64}, expected [0-9a-f]{64}$/,
  ],
  [
    'other kernels',
    (_folder, path, capsule) => change(path, { kernels: capsule.kernels ^ 1 }),
    /^kernels: kernels \d+, expected kernels \d+$/,
  ],
];

for (const [name, turn, report] of FLIPS) {
  test(`${name} is told as what it is, and nothing else is`, async () => {
    for (const seed of [1, 2, 3]) {
      const folder = folders.make();
      const path = record(folder, seed);
      assert.equal((await replay(path)).different, []);
      turn(folder, path, readCapsule(path));
      const { same, different } = await replay(path);
      assert.equal(same, []);
      assert.is(different.length, 1, different.join('\n'));
      assert.match(different[0], report);
    }
  });
}

test('an update that was not made from these inputs is told with the place of its first difference', async () => {
  const folder = folders.make();
  const path = record(folder, 7);
  const { frame } = readCapsule(path);
  const bytes = Buffer.from(frame, 'base64');
  bytes[bytes.length - 1] ^= 1;
  change(path, { frame: bytes.toString('base64'), update: sha256(bytes) });
  const { different } = await replay(path);
  assert.is(different.length, 1);
  assert.match(different[0], /^Node made another update: first at byte \d+ of \d+: .*CRC-32/);
});

test('what is no capsule is refused with its name', () => {
  const folder = folders.make();
  const path = record(folder, 8);
  const { examples } = readCapsule(path);
  const whole = readFileSync(path, 'utf8');
  const refused = (content: string | Uint8Array, reason: RegExp) => {
    writeFileSync(path, content);
    let message = '';
    try {
      readCapsule(path);
    } catch (error) {
      assert.instance(error, RangeError);
      message = (error as Error).message;
    }
    assert.match(message, /^capsule [^\n]*$/);
    assert.match(message, reason);
  };
  refused('pear', /: no JSON, expected a capsule$/);
  for (const part of [0, 0.3, 0.9]) refused(whole.slice(0, whole.length * part), /: no JSON/);
  refused(
    Uint8Array.from({ length: 300 }, (_, i) => (i * 167) & 255),
    /: no JSON/,
  );
  refused('null', /: content null, expected an object$/);
  refused('[]', /: content \[\], expected an object$/);
  refused('{"capsule": 1}', /: device none, expected a device$/);
  refused('{"capsule": 9}', /: version 9, expected 1$/);
  const changed = (fields: object) => JSON.stringify({ ...JSON.parse(whole), ...fields });
  refused(changed({ examples: null }), /: examples null, expected an object$/);
  refused(
    changed({ examples: { ...examples, order: '../../../etc' } }),
    /: examples\.order "\.\.\/.*, expected a hash$/,
  );
  refused(changed({ model: '..' }), /: model "\.\.", expected a hash$/);
  refused(changed({ plan: 'no base64!' }), /: plan "no base64!", expected base64$/);
  refused(changed({ round: -1 }), /: round -1, expected a number$/);
  assert.throws(
    () => readCapsule(join(folder, 'none.capsule')),
    /none\.capsule: no such file, expected a capsule$/,
  );
});

test('a store without the model or the examples is told as that', async () => {
  for (const [what, stored] of [
    ['weights', storedModel],
    ['data', storedExamples],
  ] as const) {
    const folder = folders.make();
    const path = record(folder, 9);
    const file = stored(folder, readCapsule(path));
    rmSync(file);
    const { same, different } = await replay(path);
    assert.equal(same, []);
    assert.is(different.length, 1);
    assert.ok(different[0].startsWith(`${what}: no file ${file}, expected `), different[0]);
  }
});

test('files of a store that were cut or overwritten are told as what they are', async () => {
  for (const stored of [storedModel, storedExamples]) {
    for (const [name, spoil] of Object.entries(SPOILS)) {
      const folder = folders.make();
      const path = record(folder, 10);
      const file = stored(folder, readCapsule(path));
      writeFileSync(file, spoil(readFileSync(file)));
      const { same, different } = await replay(path);
      assert.equal(same, [], name);
      assert.is(different.length, 1, different.join('\n'));
      assert.match(different[0], stored === storedModel ? /^weights: / : /^data: /);
    }
  }
});

const missing = missingForHost();
if (missing !== undefined) skip('c', missing);
else {
  test('100 random rounds made again on Node and on XS: 100 times the same bytes', async () => {
    const folder = folders.make();
    const xs = await XsReplayer.open();
    try {
      for (let seed = 1000; seed < 1100; seed++) {
        const { same, different } = await replay(record(folder, seed), xs);
        assert.equal(different, [], `seed ${seed}`);
        assert.is(same.length, 2);
      }
    } finally {
      await xs.close();
    }
  });
}

test.run();
