/**
 * Restarts the chip, by what the SDK puts into its global scope.
 * @module
 */

interface Chip {
  readonly System?: { restart(): void };
}

/** Does not return on a chip. */
export function restart(): void {
  (globalThis as unknown as Chip).System?.restart();
}
