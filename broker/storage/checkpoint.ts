/**
 * Global models as files: `models/round-000012.model`, the last few of them, and `final.model`.
 * A file is whole or absent, whatever happens: written under another name, synced, renamed.
 * @module
 */
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

const KEPT = 3;
const NAME = /^round-(\d{6,})\.model(\.tmp)?$/;

export class Checkpoints {
  readonly #folder: string;
  readonly #models: string;

  /** Makes the folder where there is none. */
  constructor(folder: string) {
    this.#folder = folder;
    this.#models = join(folder, 'models');
    mkdirSync(this.#models, { recursive: true });
    syncFolder(folder);
  }

  path(round: number): string {
    return join(this.#models, `round-${String(round).padStart(6, '0')}.model`);
  }

  read(round: number): Uint8Array {
    return new Uint8Array(readFileSync(this.path(round)));
  }

  /** Durable when it returns; replaces a file of the same round. */
  write(round: number, frame: Uint8Array): void {
    writeDurably(this.path(round), frame);
  }

  writeFinal(frame: Uint8Array): void {
    writeDurably(join(this.#folder, 'final.model'), frame);
  }

  /** Removes all but the last few up to `round`, and what a crash left half written. */
  prune(round: number): void {
    for (const name of readdirSync(this.#models)) {
      const match = NAME.exec(name);
      if (match === null) continue; // not ours
      if (match[2] !== undefined || Number(match[1]) <= round - KEPT) rmSync(join(this.#models, name));
    }
  }
}

function writeDurably(path: string, bytes: Uint8Array): void {
  const unfinished = `${path}.tmp`;
  const file = openSync(unfinished, 'w');
  try {
    writeFileSync(file, bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(unfinished, path);
  syncFolder(dirname(path));
}

/** A new name is durable only when its folder is. Windows syncs names itself and cannot open folders. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
