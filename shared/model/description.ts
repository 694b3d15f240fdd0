/**
 * The small JSON that describes a model: its input and its layers. Read and checked here once;
 * everything else about a model (tensors, sizes, bounds, memory) derives from it.
 * @module
 */
import { bad, integer, known, record } from './field.js';
import { type LayerDescription, parseLayer, plainLayer } from './layer.js';
import { stagesOf } from './stage.js';

export interface InputDescription {
  /** [features], [channels, time], [height, width] or [channels, height, width] */
  readonly shape: readonly number[];
  readonly type: 'uint8' | 'int8';
  readonly exp: number; // real value = raw · 2^exp, -16 to 0
}

/**
 * Every layer with weights but the last is followed by ReLU; the last layer is dense and gives the
 * logits, one per class.
 */
export interface ModelDescription {
  readonly name: string; // /^[a-z0-9-]{1,32}$/
  readonly input: InputDescription;
  readonly layers: readonly LayerDescription[];
}

const MAX_LAYERS = 16;
const MAX_INPUTS = 65535;

/**
 * Reads a description from JSON text.
 * @throws RangeError naming the field, its value and what was expected
 */
export function parseDescription(json: string): ModelDescription {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new RangeError(`model description ${JSON.stringify(json.slice(0, 40))}, expected JSON`);
  }
  const model = record(value, 'model');
  known(model, 'model', ['name', 'input', 'layers']);
  const name = model.name;
  if (typeof name !== 'string' || !/^[a-z0-9-]{1,32}$/.test(name)) {
    throw bad('model.name', name, '1 to 32 of a-z, 0-9 and -');
  }
  const description = { name, input: parseInput(model.input), layers: parseLayers(model.layers) };
  stagesOf(description); // every layer fits the one before it
  return description;
}

/** The JSON of a description, the same text for the same description. */
export function formatDescription(description: ModelDescription): string {
  const { name, input, layers } = description;
  return JSON.stringify({
    name,
    input: { shape: input.shape, type: input.type, exp: input.exp },
    layers: layers.map(plainLayer),
  });
}

function parseInput(value: unknown): InputDescription {
  const input = record(value, 'model.input');
  known(input, 'model.input', ['shape', 'type', 'exp']);
  const { shape, type, exp } = input;
  if (!Array.isArray(shape) || shape.length < 1 || shape.length > 3) {
    throw bad('model.input.shape', shape, 'a list of 1 to 3 sizes');
  }
  let inputs = 1;
  shape.forEach((size, i) => {
    inputs *= integer(size, `model.input.shape[${i}]`, 1, MAX_INPUTS);
  });
  if (inputs > MAX_INPUTS) throw bad('model.input.shape', shape, `at most ${MAX_INPUTS} values`);
  if (type !== 'uint8' && type !== 'int8') throw bad('model.input.type', type, '"uint8" or "int8"');
  return { shape: shape as number[], type, exp: integer(exp, 'model.input.exp', -16, 0) };
}

function parseLayers(value: unknown): LayerDescription[] {
  if (!Array.isArray(value) || value.length < 1 || value.length > MAX_LAYERS) {
    throw bad('model.layers', value, `a list of 1 to ${MAX_LAYERS} layers`);
  }
  return value.map((item, i) => parseLayer(item, `model.layers[${i}]`));
}
