/**
 * What one layer of one client sends: differences, or trained values for Top-K-Weights.
 * @module
 */
/** Largest `shift`: a difference of two int16 has 17 bits. */
export const MAX_VALUE_SHIFT = 2;

/** Largest `biasShift`; a larger bias difference saturates at the client. */
export const MAX_BIAS_SHIFT = 8;

export interface LayerDelta {
  /** ascending places in the layer's weights, as many as the plan's `sent`; 'all' = every weight */
  readonly positions: Uint32Array | 'all';
  /** one value per position; real = value · 2^(weightExp + shift) */
  readonly values: Int16Array;
  readonly shift: number; // 0 to MAX_VALUE_SHIFT, above the model's weightExp
  /** one difference per bias; real = value · 2^(biasExp + biasShift) */
  readonly biases: Int16Array;
  readonly biasShift: number; // 0 to MAX_BIAS_SHIFT, above the model's bias exponent
}
