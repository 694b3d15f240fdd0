/**
 * What one layer of one client sends: differences, or trained values for Top-K-Weights.
 * @module
 */
export interface LayerDelta {
  /** ascending places in the layer's weights; length = the plan's `sent` for the layer */
  readonly positions: Uint32Array;
  /** one value per position; real = value · 2^(weightExp + shift) */
  readonly values: Int16Array;
  readonly shift: number; // 0 to 15, above the model's weightExp
  /** one difference per bias; real = value · 2^(biasExp + biasShift) */
  readonly biases: Int16Array;
  readonly biasShift: number; // 0 to 15, above the model's bias exponent
}
