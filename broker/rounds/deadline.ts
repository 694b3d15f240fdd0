/**
 * A round's deadline over restarts of the broker.
 * @module
 */

/** Boards need a moment to come back to a broker that was away. */
const LEAST_LEFT_MS = 1000;

/**
 * Milliseconds that are left: all at the announcement, never less than a second, or than all of it.
 * @param deadlineMs from the announcement
 * @param passedMs since then, by the time of day; below 0 when that was set back
 */
export function timeLeft(deadlineMs: number, passedMs: number): number {
  return Math.max(deadlineMs - Math.max(0, passedMs), Math.min(deadlineMs, LEAST_LEFT_MS));
}
