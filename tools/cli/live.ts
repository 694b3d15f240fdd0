/**
 * Live tasks by name: how a sensor's values are cut into windows, and the model that learns from them.
 * @module
 */
import { readFileSync } from 'node:fs';
import type { ModelDescription } from '../../shared/model/description.js';
import { checkWindows, type WindowFormat } from '../../shared/protocol/windows.js';

/** An accelerometer of three axes: 1.3 s at 50 Hz, a new window every 0.6 s. */
export const MOTION: WindowFormat = {
  steps: 64,
  channels: 3,
  stride: 32,
  hertz: 50,
  classes: 3,
  least: 20,
};

/** Log-mel features of a microphone, 40 bands: a second of 25 frames, a new window every 0.4 s. */
export const SOUND: WindowFormat = {
  steps: 25,
  channels: 40,
  stride: 10,
  hertz: 25,
  classes: 4,
  least: 20,
};

const NAMED: Readonly<Record<string, WindowFormat>> = { motion: MOTION, sound: SOUND };
const FIELDS = ['steps', 'channels', 'stride', 'hertz', 'classes', 'least'] as const;
/** A deviation of the sensor's values is 32: real values are raw · 2^-5. */
const INPUT_EXP = -5;

/**
 * @param name `motion`, `sound`, or a JSON file with the fields of WindowFormat
 * @throws RangeError in one line when it is neither
 */
export function windowFormat(name: string): WindowFormat {
  if (Object.hasOwn(NAMED, name)) return NAMED[name];
  try {
    const found: Record<string, unknown> = JSON.parse(readFileSync(name, 'utf8'));
    const values = FIELDS.map((field) => [field, found[field]] as const);
    const wrong = values.find(([, value]) => typeof value !== 'number');
    if (wrong !== undefined) throw new RangeError(`${wrong[0]} ${wrong[1]}, expected a number`);
    const format = Object.fromEntries(values) as unknown as WindowFormat;
    checkWindows(format);
    return format;
  } catch (error) {
    const known = Object.keys(NAMED).join(', ');
    throw new RangeError(`live task ${name}: ${(error as Error).message}, expected ${known} or a JSON file`);
  }
}

/** Values of a window up to which every board has memory for a dense layer over all of them. */
const DENSE_MOST = 512;
/** Units of the hidden layer: a window has few classes. */
const HIDDEN = 24;

/** A network small enough for every board: dense, or for long windows with convolutions along time. */
export function liveModel(name: string, { steps, channels, classes }: WindowFormat): ModelDescription {
  const input = { shape: [channels, steps], type: 'int8', exp: INPUT_EXP } as const;
  const last = { kind: 'dense', units: classes } as const;
  if (steps * channels <= DENSE_MOST) {
    return { name: `${name}-mlp`, input, layers: [{ kind: 'dense', units: HIDDEN }, last] };
  }
  const conv = (to: number, kernel: number) =>
    ({ kind: 'conv1d', channels: to, kernel, stride: 2, padding: 'same' }) as const;
  return { name: `${name}-cnn`, input, layers: [conv(16, 5), conv(32, 3), { kind: 'globalavgpool' }, last] };
}
