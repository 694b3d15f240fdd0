/**
 * The board's console on its serial port, where the board has one beside the debugger's: lines in, words out.
 * @module
 */
import type Serial from 'embedded:io/serial';
import { type ConsoleOptions, runLine } from '../../../console/console.js';
import { LineReader } from '../../../console/line.js';
import { guarded, reasonOf } from '../../../federation/guard.js';
import { decodeUtf8 } from '../../../flash/utf8.js';
import type { Log } from '../../ports.js';

const BAUD = 115_200;

/** What the SDK puts into the global scope of a chip; its own types ask for every pin of the board. */
interface Chip {
  readonly device?: {
    readonly Serial?: { readonly default?: object & { readonly io: new (options: object) => Serial } };
  };
}

/** A board without a serial port, or whose port is the debugger's, has no console: a line says so. */
export function startConsole(desk: ConsoleOptions, log: Log): void {
  const port = (globalThis as unknown as Chip).device?.Serial?.default;
  if (port === undefined) return;
  const lines = new LineReader((line) => runLine(textOf(line), desk));
  const receive = guarded(log, 'console', (bytes: ArrayBuffer | undefined) => {
    if (bytes !== undefined) lines.push(String.fromCharCode(...new Uint8Array(bytes)));
  });
  try {
    new port.io({
      ...port,
      baud: BAUD,
      format: 'buffer',
      onReadable(this: Serial) {
        receive(this.read() as ArrayBuffer | undefined);
      },
    });
  } catch (error) {
    log.line(`no console: ${reasonOf(error)}`);
  }
}

/** A character for each byte so far: the name of a Wi-Fi may be UTF-8. */
function textOf(line: string): string {
  try {
    return decodeUtf8(Uint8Array.from(line, (char) => char.charCodeAt(0)));
  } catch {
    return line;
  }
}
