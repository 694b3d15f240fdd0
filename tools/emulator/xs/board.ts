/**
 * The firmware on the XS host: its entry for a bundle. The ports are made of the host's functions; the
 * emulator on the other side of the pipe (`../xs-board.ts`) has the network and the flash.
 * @module
 */
import { SETTINGS, type Settings } from '../../../firmware/federation/settings.js';
import { type RunningFirmware, start } from '../../../firmware/main.js';
import type { Examples, Flash } from '../../../firmware/ports/ports.js';
import { SeededEntropy } from '../entropy.js';
import { XsClock } from './clock.js';
import { FROM_BOARD, TO_BOARD } from './kinds.js';
import { globals, type Host } from './native.js';
import { XsTransport } from './transport.js';

/** What a board has in RAM; this module itself lies in flash. */
class Board {
  readonly #clock: XsClock;
  readonly #transport: XsTransport;
  readonly #firmware: RunningFirmware;

  /** Reads the frame `boot`. */
  constructor(host: Host) {
    this.#clock = new XsClock(host);
    this.#transport = new XsTransport(host);
    const identity = { device: host.text(), board: host.text() };
    const task = host.text();
    const entropy = new SeededEntropy(host.integer());
    const settings = host.text();
    this.#firmware = start(
      {
        identity,
        task,
        transport: this.#transport,
        clock: this.#clock,
        entropy,
        flash: flashOf(host),
        examples: examplesOf(host),
        log: { line: (text) => host.send(FROM_BOARD.log, text) },
        freeBytes: () => host.freeBytes(),
      },
      settings === '' ? SETTINGS : (JSON.parse(settings) as Settings),
    );
  }

  receive(kind: number): void {
    if (kind === TO_BOARD.stop) this.#firmware.stop();
    else this.#transport.receive(kind);
  }

  turn(): number {
    return this.#clock.turn();
  }
}

function flashOf(host: Host): Flash {
  return {
    slotBytes: host.integer(),
    erase: (slot) => host.eraseFlash(slot),
    write: (slot, offset, bytes) => host.writeFlash(slot, offset, bytes),
    read: (slot, offset, out) => host.readFlash(slot, offset, out),
    loadRecord() {
      const bytes = host.loadRecord();
      return bytes && new Uint8Array(bytes);
    },
    saveRecord: (bytes) => host.saveRecord(bytes),
  };
}

function examplesOf(host: Host): Examples {
  return {
    count: host.integer(),
    features: host.integer(),
    signed: host.integer() === 1,
    classes: host.integer(),
    read: (index, out) => host.readExample(index, out),
  };
}

interface BoardGlobals {
  board: Board | undefined;
}

globals().receive = (kind) => {
  const here = globals<BoardGlobals>();
  if (kind === TO_BOARD.boot) here.board = new Board(here.host);
  else here.board?.receive(kind);
};

globals().turn = () => globals<BoardGlobals>().board?.turn() ?? -1;
