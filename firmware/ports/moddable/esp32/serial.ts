/**
 * The board's console on its serial port, where the board has one beside the debugger's: lines in, words
 * out. It runs before there is a Wi-Fi, since it is where a board is told of one.
 * @module
 */
import type Serial from 'embedded:io/serial';
import { runLine } from '../../../console/console.js';
import { reasonOf } from '../../../federation/guard.js';
import { decodeUtf8 } from '../../../flash/utf8.js';
import type { Log, SetupStore } from '../../ports.js';
import { restart } from './restart.js';

const BAUD = 115_200;
const RETURN = 13;
const NEWLINE = 10;
const MOST_BYTES = 200;

/** What the SDK puts into the global scope of a chip; its own types ask for every pin of the board. */
interface Chip {
  readonly device?: {
    readonly Serial?: { readonly default?: object & { readonly io: new (options: object) => Serial } };
  };
}

/** A board without a serial port, or whose port is the debugger's, has no console: a line says so. */
export function startConsole(setup: SetupStore, log: Log): void {
  const chip = globalThis as unknown as Chip;
  const port = chip.device?.Serial?.default;
  if (port === undefined) return;
  const options = {
    setup,
    say: (line: string) => log.line(line),
    status: () => statusOf(setup),
    restart,
  };
  let line: number[] = []; // UTF-8: names of Wi-Fis have all kinds of letters
  const take = (byte: number) => {
    if (byte === RETURN || byte === NEWLINE) {
      const whole = Uint8Array.from(line);
      line = [];
      runLine(decodeUtf8(whole), options);
    } else if (line.length < MOST_BYTES) {
      line.push(byte);
    }
  };
  try {
    new port.io({
      ...port,
      baud: BAUD,
      format: 'buffer',
      onReadable(this: Serial) {
        try {
          const bytes = this.read() as ArrayBuffer | undefined;
          if (bytes !== undefined) for (const byte of new Uint8Array(bytes)) take(byte);
        } catch (error) {
          log.line(`console: ${reasonOf(error)}`);
        }
      },
    });
  } catch (error) {
    log.line(`no console: ${reasonOf(error)}`);
  }
}

function statusOf(setup: SetupStore): string[] {
  const { device, ssid, broker, task } = setup.load();
  return [
    `name ${device ?? 'that of the chip'}, task ${task ?? 'as built'}`,
    `Wi-Fi ${ssid ?? 'as built'}, broker ${broker ?? 'as built, or searched for'}`,
  ];
}
