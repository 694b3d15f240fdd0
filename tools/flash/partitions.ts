/**
 * The partition table of a board's flash, as ESP-IDF's CSV has it. Every partition names its own offset:
 * what is written to flash from here must not depend on what a tool would choose.
 * Source: ESP-IDF programming guide, "Partition Tables".
 * @module
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Partition {
  readonly name: string;
  readonly type: string; // app, data or a number
  readonly subtype: string;
  readonly offset: number; // bytes from the beginning of the flash
  readonly bytes: number;
}

const SECTOR_BYTES = 4096;
const APP_BYTES = 65_536; // apps begin at a multiple of it
const NAME_CHARACTERS = 16;
const UNITS: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1024 * 1024 };

const FIRMWARE_TABLE = 'firmware/ports/moddable/esp32/partitions.csv';

/** The table that the firmware is built with. */
export function firmwarePartitions(): Partition[] {
  return parsePartitions(
    readFileSync(join(import.meta.dirname, '../..', FIRMWARE_TABLE), 'utf8'),
    FIRMWARE_TABLE,
  );
}

/**
 * @param path stands before what is wrong
 * @throws RangeError naming the line and what is wrong with it
 */
export function parsePartitions(text: string, path: string): Partition[] {
  const table: Partition[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const content = line.trim();
    if (content === '' || content.startsWith('#')) continue;
    const place = `${path}, line ${index + 1}`;
    const partition = parseLine(content, place);
    const same = table.find(({ name }) => name === partition.name);
    if (same !== undefined) throw new RangeError(`${place}: second partition ${partition.name}`);
    const other = table.find((earlier) => overlap(earlier, partition));
    if (other !== undefined) throw new RangeError(`${place}: ${partition.name} overlaps ${other.name}`);
    table.push(partition);
  }
  if (table.length === 0) throw new RangeError(`${path}: no partitions, expected a line for each`);
  return table;
}

/** @throws RangeError with the names that there are */
export function partitionNamed(table: readonly Partition[], name: string): Partition {
  const found = table.find((partition) => partition.name === name);
  if (found !== undefined) return found;
  throw new RangeError(`no partition ${name}, expected one of ${table.map((one) => one.name).join(', ')}`);
}

function parseLine(line: string, place: string): Partition {
  const [name = '', type = '', subtype = '', offset = '', size = ''] = line
    .split(',')
    .map((part) => part.trim());
  if (name === '' || name.length > NAME_CHARACTERS) {
    throw new RangeError(`${place}: name "${name}", expected 1 to ${NAME_CHARACTERS} characters`);
  }
  const partition = {
    name,
    type,
    subtype,
    offset: numberOf(offset, `${place}: offset of ${name}`),
    bytes: numberOf(size, `${place}: size of ${name}`),
  };
  const step = type === 'app' ? APP_BYTES : SECTOR_BYTES;
  if (partition.offset % step !== 0) {
    throw new RangeError(`${place}: offset ${offset} of ${name}, expected a multiple of ${step}`);
  }
  if (partition.bytes === 0 || partition.bytes % SECTOR_BYTES !== 0) {
    throw new RangeError(`${place}: size ${size} of ${name}, expected a multiple of ${SECTOR_BYTES}`);
  }
  return partition;
}

function numberOf(text: string, what: string): number {
  const match = /^(0x[0-9a-f]+|\d+)([KM]?)$/i.exec(text);
  if (match === null) throw new RangeError(`${what} "${text}", expected a number such as 0x10000, 64K or 1M`);
  return Number(match[1]) * UNITS[match[2].toUpperCase()];
}

function overlap(a: Partition, b: Partition): boolean {
  return a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
}
