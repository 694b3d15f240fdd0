/**
 * Small models for the tests of `shared/model`.
 */
import type { ModelDescription } from '../../../shared/model/description.js';

/** A dense network: units[0] inputs, then a layer for each further number. */
export function network(...units: number[]): ModelDescription {
  return {
    name: 'net',
    input: { shape: [units[0]], type: 'uint8', exp: -8 },
    layers: units.slice(1).map((n) => ({ kind: 'dense', units: n })),
  };
}
