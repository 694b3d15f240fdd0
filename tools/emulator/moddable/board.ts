/**
 * The firmware as the SDK builds it, on the XS host: its entry, what the SDK puts into the global scope of a
 * chip, and frames and timers for the stand-ins of the SDK's modules.
 * @module
 */
import { globals } from '../xs/native.js';
import { native } from './hostfunctions.js';
import { FROM_BOARD, TO_BOARD } from './kinds.js';
import { isBooted, Machine, machine, setMachine } from './machine.js';
import { Serial } from './serial.js';

/** Of a chip's global scope: what the firmware uses. */
interface ChipGlobals {
  trace: (...texts: readonly unknown[]) => void;
  device: { readonly Serial: { readonly default: { readonly io: typeof Serial; readonly port: number } } };
  System: { restart(): void };
  native: typeof native;
}

/**
 * Runs while the script is loaded into the board's flash, so it keeps nothing: the global scope of the board
 * is another one.
 * @param main the default export of the firmware's entry
 */
export function install(main: () => void): void {
  const scope = globals<ChipGlobals>();
  scope.trace = (...texts) => globals().host.send(FROM_BOARD.log, texts.join(''));
  scope.device = { Serial: { default: { io: Serial, port: 0 } } };
  scope.native = native;
  scope.System = {
    restart() {
      machine().halt();
      globals().host.send(FROM_BOARD.restart);
    },
  };
  scope.receive = (kind) => {
    if (kind === TO_BOARD.boot) {
      setMachine(new Machine(globals().host));
      main();
    } else machine().receive(kind);
  };
  scope.turn = () => (isBooted() ? machine().turn() : -1);
}
