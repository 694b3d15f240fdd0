/**
 * Signed firmware in files: the announcement frame and behind it the image. A broker serves what lies in
 * one folder, a file for each build, and notices what is put there while it runs.
 * @module
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { decodeFirmware, encodeFirmware, type Firmware } from '../../shared/protocol/firmware.js';
import { decodeFrameHeader, FRAME_HEADER_BYTES } from '../../shared/protocol/frame.js';

export interface FirmwareFile {
  readonly firmware: Firmware;
  readonly image: Uint8Array;
}

const ENDING = '.fw';
const LOOK_MS = 2_000;

export function formatFirmwareFile({ firmware, image }: FirmwareFile): Uint8Array {
  return new Uint8Array(Buffer.concat([encodeFirmware(firmware), image]));
}

/**
 * Whether the signature is right is for the boards to judge.
 * @throws Error in one line when it is not whole
 */
export function parseFirmwareFile(bytes: Uint8Array): FirmwareFile {
  const { headBytes } = decodeFrameHeader('firmware', bytes);
  const start = FRAME_HEADER_BYTES + headBytes;
  const firmware = decodeFirmware(bytes.subarray(0, start));
  const image = bytes.subarray(start);
  if (image.length !== firmware.imageBytes) {
    throw new RangeError(`image of ${image.length} bytes, expected ${firmware.imageBytes}`);
  }
  const digest = createHash('sha256').update(image).digest();
  if (!digest.equals(firmware.digest)) throw new RangeError('image, expected the one that was signed');
  return { firmware, image };
}

/** @throws Error in one line naming the file */
export function readFirmwareFile(path: string): FirmwareFile {
  try {
    return parseFirmwareFile(new Uint8Array(readFileSync(path)));
  } catch (error) {
    throw new RangeError(`firmware file ${path}: ${(error as Error).message}`);
  }
}

export interface FolderEvents {
  onFirmware(file: FirmwareFile): void;
  /** A file that cannot be used. */
  onFault(line: string): void;
}

/** Looks at a folder now and again, until it is closed; there need not be one. */
export class FirmwareFolder {
  readonly #folder: string;
  readonly #events: FolderEvents;
  readonly #seen = new Map<string, string>(); // what each file was when it was read
  readonly #timer: NodeJS.Timeout;

  constructor(folder: string, events: FolderEvents) {
    this.#folder = folder;
    this.#events = events;
    this.#look();
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    for (const name of this.#names()) {
      const path = join(this.#folder, name);
      try {
        const { mtimeMs, size, ino } = statSync(path);
        const state = `${mtimeMs} ${size} ${ino}`;
        if (this.#seen.get(name) === state) continue;
        this.#seen.set(name, state);
        this.#events.onFirmware(readFirmwareFile(path));
      } catch (error) {
        this.#events.onFault((error as Error).message);
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
