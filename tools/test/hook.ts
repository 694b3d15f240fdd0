/**
 * uvu drops what a `before` hook throws: its tests do not run, and nobody is told why.
 * @module
 */

/** The hook, which now writes what it throws before uvu drops it. */
export function told(hook: () => void | Promise<void>): () => Promise<void> {
  return async () => {
    try {
      await hook();
    } catch (error) {
      console.error(error);
      throw error;
    }
  };
}
