/**
 * The pace of long work on a board, see shared/masks/pace.ts.
 * @module
 */
export { Pace } from '../../shared/masks/pace.js';
