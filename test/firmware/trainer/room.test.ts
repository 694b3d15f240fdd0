import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sparseWeightStep } from '../../../firmware/kernels/sparsestep.js';
import { TrainingBatch } from '../../../firmware/trainer/batch.js';
import { Network } from '../../../firmware/trainer/network.js';
import { takeRoom } from '../../../firmware/trainer/room.js';
import { fillNoise, NOISE_LENGTH } from '../../../shared/fixed/noise.js';
import { Pace } from '../../../shared/masks/pace.js';
import { initialModel } from '../../../shared/model/initial.js';
import { sourceOf } from '../../../shared/model/model.js';
import type { PresetName, Recipe } from '../../../shared/model/recipe.js';
import { planFor, weightsOf } from './digits.js';

const test = suite('trainer/room');

const COLS = 256;
const ROWS = 64;
const LARGEST = 20_000;

/** A batch that is about to take its first step; the largest weight of the first layer is -LARGEST. */
function ready(preset: PresetName, changes: Partial<Recipe>, sliceMacs = Number.POSITIVE_INFINITY) {
  const model = initialModel(
    {
      name: 'room',
      input: { shape: [COLS], type: 'uint8', exp: -8 },
      layers: [ROWS, 10].map((units) => ({ kind: 'dense', units })),
    },
    1,
  );
  weightsOf(model, 0)[300] = -LARGEST;
  const { method, layers } = planFor(model, preset, 0.05, changes);
  const network = new Network(model.head, method.batch, layers, 1, method.power);
  const pace = new Pace(sliceMacs);
  const work = [network.load(sourceOf(model), pace), network.raise(pace), network.select(pace)];
  for (const part of work) while (!part.next().done);
  return { model, network, batch: new TrainingBatch(network, method, { count: 1, read: () => 0 }, 1) };
}

test('the largest weight leaves a layer its room, however it is sliced', () => {
  for (const sliceMacs of [1, 5000, Number.POSITIVE_INFINITY]) {
    const { model, network } = ready('sparrow', {}, sliceMacs);
    const last = Math.max(...weightsOf(model, 1).map(Math.abs));
    assert.equal(network.rooms, [network.layers[0].weightMax - LARGEST, network.layers[1].weightMax - last]);
  }
});

test('where weights are powers of other numbers, or a mask is given, there is none', () => {
  assert.equal(ready('sparsyfed', {}).network.rooms, [0, 0]);
  const { network } = ready('sparrow', {});
  const [places] = network.layers;
  network.adopt(places, network.activePlaces(places));
  assert.is(network.rooms[0], 0);
});

test('a step that need not look clips nothing, and the room ends just before the weights meet their limit', () => {
  for (const lanes of [1, 8]) {
    const { network, batch } = ready('sparrow', { batch: lanes });
    const { weightsAt, weightMax } = network.layers[0];
    Object.assign(batch, { lanes, mantissa: 200, shift: 17 + (lanes >> 2) });
    const weights = network.i16.slice(weightsAt, weightsAt + ROWS * COLS);
    const looked = weights.slice();
    const errors = new Int16Array(ROWS * lanes).fill(1023); // as large as can be, and -LARGEST gets larger
    const inputs = new Uint8Array(COLS * lanes).fill(255);
    const kept = Uint16Array.from({ length: COLS }, (_, c) => c);
    const noise = new Int32Array(NOISE_LENGTH);
    fillNoise(noise, 0, 1);
    const step = (w: Int16Array, clips: number) =>
      // biome-ignore format: arguments in groups
      sparseWeightStep(
        w, 0, errors, 0, inputs, 0, kept, 0, COLS, noise, 0, batch.turn(), batch.mantissa, batch.shift, weightMax,
        COLS, lanes, 0, ROWS, clips,
      );
    const state = { free: 0, looking: 0 };
    while (state.looking < 2) {
      const clips = takeRoom(batch, 0);
      const { random } = batch;
      const before = random.state;
      const clipped = step(looked, 1);
      random.state = before;
      step(weights, clips);
      assert.ok(weights.every((w, i) => w === looked[i]));
      if (clips === 0) assert.is(clipped, 0);
      if (clips === 0) state.free++;
      else state.looking++;
      if (state.looking === 2) assert.ok(clipped > 0);
    }
    assert.ok(state.free > 5, `${state.free}`);
  }
});

test.run();
