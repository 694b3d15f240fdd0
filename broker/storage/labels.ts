/**
 * Labels that a person gives to boards of a running broker: a file for each in one folder, which is taken away when the
 * broker has it.
 * @module
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeLabel, encodeLabel, type Label } from '../../shared/protocol/label.js';

const ENDING = '.label';
const LOOK_MS = 300;

/** Puts a label where a broker finds it. @throws RangeError naming the field that is out of range */
export function putLabel(folder: string, label: Label): void {
  const frame = encodeLabel(label);
  mkdirSync(folder, { recursive: true });
  const place = join(folder, label.device);
  writeFileSync(`${place}.part`, frame); // a broker sees all of it or nothing
  renameSync(`${place}.part`, `${place}${ENDING}`);
}

export interface LabelEvents {
  onLabel(label: Label): void;
  /** A file that cannot be used. */
  onFault(line: string): void;
}

/** Looks at a folder now and again, until it is closed; there need not be one. */
export class LabelFolder {
  readonly #folder: string;
  readonly #events: LabelEvents;
  readonly #timer: NodeJS.Timeout;

  constructor(folder: string, events: LabelEvents) {
    this.#folder = folder;
    this.#events = events;
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    for (const name of this.#names()) {
      const path = join(this.#folder, name);
      try {
        const frame = new Uint8Array(readFileSync(path));
        rmSync(path);
        this.#events.onLabel(decodeLabel(frame, name.slice(0, -ENDING.length)));
      } catch (error) {
        this.#events.onFault(`label ${path}: ${(error as Error).message}`);
      }
    }
  }

  #names(): string[] {
    try {
      return readdirSync(this.#folder)
        .filter((name) => name.endsWith(ENDING))
        .sort();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }
}
