/**
 * The small JSON that describes a model: its input and its layers. Read and checked here once;
 * everything else about a model (tensors, sizes, bounds, memory) derives from it.
 * @module
 */

export interface InputDescription {
  readonly shape: readonly number[]; // e.g. [14, 14]; the product is the fan-in of the first layer
  readonly type: 'uint8' | 'int8';
  readonly exp: number; // real value = raw · 2^exp, -16 to 0
}

export interface DenseDescription {
  readonly kind: 'dense';
  readonly units: number;
}

export type LayerDescription = DenseDescription;

/** Every layer but the last is followed by ReLU; the last one gives the logits, one per class. */
export interface ModelDescription {
  readonly name: string; // /^[a-z0-9-]{1,32}$/
  readonly input: InputDescription;
  readonly layers: readonly LayerDescription[];
}

const MAX_LAYERS = 16;
const MAX_UNITS = 4096;
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
  return { name, input: parseInput(model.input), layers: parseLayers(model.layers) };
}

/** The JSON of a description, the same text for the same description. */
export function formatDescription(description: ModelDescription): string {
  const { name, input, layers } = description;
  return JSON.stringify({
    name,
    input: { shape: input.shape, type: input.type, exp: input.exp },
    layers: layers.map((layer) => ({ kind: layer.kind, units: layer.units })),
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
  return value.map((item, i) => {
    const where = `model.layers[${i}]`;
    const layer = record(item, where);
    known(layer, where, ['kind', 'units']);
    if (layer.kind !== 'dense') throw bad(`${where}.kind`, layer.kind, '"dense"');
    return { kind: layer.kind, units: integer(layer.units, `${where}.units`, 1, MAX_UNITS) };
  });
}

function record(value: unknown, where: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw bad(where, value, 'an object');
  }
  return value as Record<string, unknown>;
}

function known(object: Record<string, unknown>, where: string, names: readonly string[]): void {
  for (const name of Object.keys(object)) {
    if (!names.includes(name)) throw bad(`${where}.${name}`, object[name], `only ${names.join(', ')}`);
  }
}

function integer(value: unknown, where: string, min: number, max: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
    throw bad(where, value, `an integer from ${min} to ${max}`);
  }
  return value;
}

function bad(where: string, value: unknown, expected: string): RangeError {
  const text = JSON.stringify(value);
  return new RangeError(
    `${where} ${text === undefined ? 'missing' : text.slice(0, 60)}, expected ${expected}`,
  );
}
