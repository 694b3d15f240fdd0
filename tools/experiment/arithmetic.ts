/**
 * In which numbers a run computes: in those of the boards, or in real ones, which shows what rounding and
 * saturation cost.
 * @module
 */
export const ARITHMETICS = ['integer', 'float64'] as const;
export type Arithmetic = (typeof ARITHMETICS)[number];
