/**
 * The log of a board: one line each on the serial port, or on the terminal of the Linux build.
 * @module
 */
import type { Log } from '../ports.js';

export class TraceLog implements Log {
  line(text: string): void {
    trace(`${text}\n`);
  }
}
