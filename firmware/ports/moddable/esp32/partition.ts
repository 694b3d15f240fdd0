/**
 * A partition of the chip's flash by its name in `partitions.csv`, over the SDK's ECMA-419 flash.
 * @module
 */
import FlashStorage from 'embedded:storage/flash';
import type { RawPartition } from '../../ports.js';

/** @throws Error when the board was flashed with another partition table */
export function openPartition(path: string): RawPartition {
  const flash = open(path);
  const { size, blockLength } = flash.status();
  return {
    bytes: size,
    sectorBytes: blockLength,
    erase(offset, bytes) {
      flash.eraseBlock(offset / blockLength, (offset + bytes) / blockLength);
    },
    write(offset, bytes) {
      flash.write(bytes, offset);
    },
    read(offset, out) {
      flash.read(out, offset);
    },
  };
}

function open(path: string) {
  try {
    return FlashStorage.open({ path, mode: 'r+' });
  } catch {
    throw new Error(`no partition ${path}, expected the partition table of this firmware: flash all of it`);
  }
}
