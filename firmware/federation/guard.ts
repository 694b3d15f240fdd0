/**
 * The last line of defence at every entry from the host: on a board an uncaught throw in a
 * callback is a restart, and one bad frame must not be one.
 * @module
 */
import type { Log } from '../ports/ports.js';

/** The same callback, but what it throws becomes a log line that begins with `where`. */
export function guarded<A extends unknown[]>(
  log: Log,
  where: string,
  callback: (...args: A) => void,
): (...args: A) => void {
  return (...args) => {
    try {
      callback(...args);
    } catch (error) {
      log.line(`${where}: ${reasonOf(error)}`);
    }
  };
}

/** One line that says why; never empty. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.name} ${error.message}` : `threw ${String(error)}`;
}
