/**
 * How fast kernels are here: in byte code. Where they are C, `npm run kernels` puts a module of its own in the place
 * of this one, and work pauses less often.
 * @module
 */

/** Multiply-accumulates of kernels that take no longer than one in byte code. */
export const KERNEL_SPEED: number = 1;
