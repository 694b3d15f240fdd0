/**
 * What one layer of one client sends: differences, or trained values for Top-K-Weights.
 * @module
 */
export interface LayerDelta {
  /** ascending places in the layer's weights, as many as the plan's `sent`; 'all' = every weight */
  readonly positions: Uint32Array | 'all';
  /** one value per position; real = value · 2^(weightExp + shift) */
  readonly values: Int16Array;
  readonly shift: number; // 0 to 15, above the model's weightExp
  /** one difference per bias; real = value · 2^(biasExp + biasShift) */
  readonly biases: Int16Array;
  readonly biasShift: number; // 0 to 15, above the model's bias exponent
}
