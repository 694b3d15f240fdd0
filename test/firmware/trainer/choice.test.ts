import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Network } from '../../../firmware/trainer/network.js';
import type { LayerPlaces } from '../../../firmware/trainer/places.js';
import { Random } from '../../../shared/fixed/random.js';
import { Pace } from '../../../shared/masks/pace.js';
import { topkFloor } from '../../../shared/masks/topk.js';
import { finish } from '../../../shared/masks/work.js';
import type { ModelDescription } from '../../../shared/model/description.js';
import { initialModel } from '../../../shared/model/initial.js';
import type { LayerCounts } from '../../../shared/model/method.js';

const test = suite('trainer/choice');

const DENSE: ModelDescription = {
  name: 'dense',
  input: { shape: [41], type: 'uint8', exp: -8 },
  layers: [30, 12, 10].map((units) => ({ kind: 'dense', units })),
};

const WINDOW = { kernel: [3, 3], stride: [1, 1], padding: 'same' } as const;
const IMAGE: ModelDescription = {
  name: 'image',
  input: { shape: [6, 7], type: 'int8', exp: -7 },
  layers: [
    { kind: 'conv2d', channels: 5, ...WINDOW },
    { kind: 'depthwise2d', ...WINDOW },
    { kind: 'dense', units: 10 },
  ],
};

/** The definition: sort by magnitude, then by place. */
function largest(weights: Int16Array, k: number): string {
  const places = Array.from(weights, (_, i) => i);
  places.sort((a, b) => Math.abs(weights[b]) - Math.abs(weights[a]) || a - b);
  return places
    .slice(0, k)
    .sort((a, b) => a - b)
    .join();
}

function weightsOf({ i16 }: Network, { layer, weightsAt }: LayerPlaces): Int16Array {
  return i16.subarray(weightsAt, weightsAt + layer.weights.length);
}

function networkOf(model: ModelDescription, batch: number, density: number): Network {
  const { head } = initialModel(model, 1);
  const counts = head.layout.layers.map(({ weights, index }): LayerCounts => {
    const active = index === 1 ? weights.length : Math.ceil(weights.length * density);
    return { active, keptInputs: 1, sent: active };
  });
  const network = new Network(head, batch, counts, 9);
  network.setLanes(batch);
  return network;
}

/** Chooses, in pieces of a length, and holds every layer's choice against the definition. */
function check(network: Network, sliceMacs: number, what: string): void {
  finish(network.select(new Pace(sliceMacs)));
  for (const places of network.layers) {
    if (!places.isSparse) continue;
    const { active, layer } = places;
    const expected = largest(weightsOf(network, places), active);
    assert.is(network.activePlaces(places).join(), expected, `${what}: layer ${layer.index}`);
  }
}

/** The smallest active |weight|: what the next choice guesses. */
function thresholdOf(network: Network, places: LayerPlaces): number {
  const weights = weightsOf(network, places);
  return Math.min(...Array.from(network.activePlaces(places), (place) => Math.abs(weights[place])));
}

type Change = (w: number, place: number, random: Random, threshold: number) => number;

const sign = (place: number) => (place % 3 === 0 ? -1 : 1);

/** What may happen to weights between two choices. */
const CHANGES: readonly (readonly [string, Change])[] = [
  ['as they were', (w) => w],
  ['a little different', (w, _, random) => w + random.below(9) - 4],
  ['larger by a tenth', (w) => w + ((w / 10) | 0)],
  ['smaller by a fifth: the floor is too high', (w) => w - ((w / 5) | 0)],
  ['much larger: above all bins', (w, place) => sign(place) * (5000 + Math.abs(w))],
  ['anything', (_w, _place, random) => random.below(65535) - 32767],
  ['all equal to the threshold', (_w, place, _random, threshold) => sign(place) * threshold],
  ['rising from the threshold', (_w, place, _random, t) => sign(place) * Math.min(32767, t + (place >> 2))],
  [
    'falling to the threshold',
    (_w, place, _random, t) => sign(place) * Math.min(32767, t + 500 - (place >> 2)),
  ],
  ['two magnitudes', (_w, place, random, threshold) => sign(place) * (threshold + random.below(2))],
  [
    'all above it, in the bins',
    (_w, place, random, t) => sign(place) * Math.min(32767, t + random.below(400)),
  ],
  ['few that are not 0', (w, _place, random) => (random.below(40) === 0 ? w : 0)],
  ['all 0', () => 0],
  ['-1, 0 and 1', (_w, _place, random) => random.below(3) - 1],
  ['at both ends', (_w, _place, random) => (random.below(2) === 0 ? -32768 : 32767)],
];

test('the choice is exact after any change of the weights, in pieces of any length', () => {
  const random = new Random(1);
  for (const model of [DENSE, IMAGE]) {
    for (const batch of [1, 8]) {
      for (const density of [0.02, 0.1, 0.7]) {
        const network = networkOf(model, batch, density);
        for (let trial = 0; trial < 60; trial++) {
          const [what, change] = CHANGES[trial < CHANGES.length ? trial : random.below(CHANGES.length)];
          for (const places of network.layers) {
            const weights = weightsOf(network, places);
            const threshold = trial === 0 || !places.isSparse ? 100 : thresholdOf(network, places);
            weights.forEach((w, place) => {
              weights[place] = Math.max(-32768, Math.min(32767, change(w, place, random, threshold)));
            });
          }
          const sliceMacs = [1, 300, 2000, Number.POSITIVE_INFINITY][random.below(4)];
          check(network, sliceMacs, `${model.name}, batch ${batch}, density ${density}, ${trial}: ${what}`);
        }
      }
    }
  }
});

test('a list that is full is cut and filled on, again and again', () => {
  const network = networkOf(DENSE, 1, 0.05);
  const [places] = network.layers;
  const { columnsRoom, active, layer } = places;
  const random = new Random(2);
  const weights = weightsOf(network, places);
  for (let i = 0; i < weights.length; i++) weights[i] = random.below(2001) - 1000;
  check(network, 1000, 'first');
  const threshold = thresholdOf(network, places);
  for (let i = 0; i < weights.length; i++) weights[i] = sign(i) * (threshold + Math.floor(i / 3));
  const candidates = weights.filter((w) => Math.abs(w) > topkFloor(threshold)).length;
  assert.ok(candidates > 3 * (columnsRoom - active), `${candidates} candidates`);
  assert.ok(columnsRoom >= active + layer.inputs);
  check(network, 1000, 'rising');
});

test('choosing writes to the lists and to what no step needs from another', () => {
  const network = networkOf(DENSE, 2, 0.1);
  const { arena, u8, head } = network;
  const random = new Random(3);
  for (let i = 0; i < u8.length; i++) u8[i] = random.below(256);
  const before = u8.slice();
  finish(network.select(new Pace(1000)));
  finish(network.select(new Pace(1000)));
  const spare = ['columns', 'rowStarts', 'sums', 'errors', 'kept', 'example', 'counts'];
  for (const { name, offset, length, type } of arena.tensors) {
    if (spare.some((word) => name.endsWith(word))) continue;
    const end = offset + length * (Number(/\d+/.exec(type)) / 8);
    const changed = before.subarray(offset, end).findIndex((byte, i) => byte !== u8[offset + i]);
    assert.is(changed, -1, name);
  }
  const model = before.findIndex((byte, i) => i < head.layout.parameterBytes && byte !== u8[i]);
  assert.is(model, -1, 'parameters');
});

test.run();
