/**
 * A model's parts: description, exponents and parameters. The parameters may lie in memory (the
 * server) or in flash (a board), so they are reached through a reader.
 * @module
 */
import type { ModelDescription } from './description.js';
import type { ModelLayout } from './layout.js';

/** Exponents of one layer with weights: real value = q · 2^exp. */
export interface LayerExponents {
  readonly weightExp: number; // -15 to 0
  readonly outputExp: number; // of the uint8 activations after ReLU; unused in the last layer
}

/** What must be known before the parameters can be used; the head of a model frame. */
export interface ModelHead {
  readonly description: ModelDescription;
  readonly layout: ModelLayout;
  readonly exponents: readonly LayerExponents[]; // one per layer with weights
}

/** A model whose parameters are read in pieces, from memory or flash. */
export interface ModelSource {
  readonly head: ModelHead;
  /** Copies parameter bytes [offset, offset + out.length) of the layout's buffer to `out`. */
  readParameters(offset: number, out: Uint8Array): void;
}

/** A model in memory; the server's form. */
export interface Model {
  readonly head: ModelHead;
  readonly parameters: ArrayBuffer; // layout.parameterBytes, see ModelLayout
}

export function sourceOf(model: Model): ModelSource {
  const bytes = new Uint8Array(model.parameters);
  return {
    head: model.head,
    readParameters: (offset, out) => out.set(bytes.subarray(offset, offset + out.length)),
  };
}

/** Exponent of a layer's biases and accumulators: that of its weights plus that of its inputs. */
export function biasExpOf(head: ModelHead, index: number): number {
  const inputExp = index === 0 ? head.description.input.exp : head.exponents[index - 1].outputExp;
  return head.exponents[index].weightExp + inputExp;
}
