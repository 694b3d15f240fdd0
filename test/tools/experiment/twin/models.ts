/**
 * Tiny networks with every kind of layer, and examples for them, for tests of the float64 twin.
 */
import type { TrainingExamples } from '../../../../firmware/trainer/examples.js';
import { Random } from '../../../../shared/fixed/random.js';
import type { InputDescription, ModelDescription } from '../../../../shared/model/description.js';
import type { LayerDescription } from '../../../../shared/model/layer.js';
import { layoutOf } from '../../../../shared/model/layout.js';

const DENSE: readonly LayerDescription[] = [
  { kind: 'dense', units: 7 },
  { kind: 'dense', units: 5 },
  { kind: 'dense', units: 4 },
];

const TIME: readonly LayerDescription[] = [
  { kind: 'conv1d', channels: 5, kernel: 3, stride: 2, padding: 'same' },
  { kind: 'conv1d', channels: 4, kernel: 2, stride: 1, padding: 'valid' },
  { kind: 'globalavgpool' },
  { kind: 'dense', units: 4 },
];

/** Borders after a ReLU, a maximum and a mean; windows that overlap; a pool after a pool. */
const IMAGE: readonly LayerDescription[] = [
  { kind: 'conv2d', channels: 3, kernel: [3, 3], stride: [1, 1], padding: 'same' },
  { kind: 'maxpool', size: [3, 2], stride: [2, 1] },
  { kind: 'depthwise2d', kernel: [3, 2], stride: [1, 2], padding: 'same' },
  { kind: 'avgpool', size: [2, 2], stride: [1, 1] },
  { kind: 'conv2d', channels: 6, kernel: [2, 2], stride: [1, 1], padding: 'same' },
  { kind: 'avgpool', size: [1, 2], stride: [1, 1] },
  { kind: 'maxpool', size: [2, 1], stride: [1, 1] },
  { kind: 'dense', units: 4 },
];

const describe = (
  name: string,
  shape: readonly number[],
  type: InputDescription['type'],
  layers: readonly LayerDescription[],
): ModelDescription => ({ name, input: { shape, type, exp: type === 'int8' ? -6 : -7 }, layers });

export const TINY: readonly ModelDescription[] = [
  describe('dense', [9], 'uint8', DENSE),
  describe('time', [4, 9], 'int8', TIME),
  describe('image', [2, 8, 8], 'uint8', IMAGE),
];

/** Random features and labels; a third of the features is 0, as in images. */
export function randomExamples(description: ModelDescription, count: number, seed: number): TrainingExamples {
  const random = new Random(seed);
  const { inputs, classes } = layoutOf(description);
  const items = Array.from({ length: count }, () => ({
    features: Uint8Array.from({ length: inputs }, () => (random.below(3) === 0 ? 0 : random.below(256))),
    label: random.below(classes),
  }));
  return {
    count,
    read: (index, out) => {
      out.set(items[index].features);
      return items[index].label;
    },
  };
}
