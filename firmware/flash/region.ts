/**
 * A run of sectors of a partition, as a partition of its own: its parts cannot touch each other.
 * @module
 */
import type { RawPartition } from '../ports/ports.js';

/** @throws RangeError unless both numbers are whole sectors within the partition */
export function regionOf(partition: RawPartition, offset: number, bytes: number): RawPartition {
  const { sectorBytes } = partition;
  if (offset % sectorBytes !== 0 || bytes % sectorBytes !== 0 || bytes < sectorBytes) {
    throw new RangeError(`region ${offset} + ${bytes} bytes, expected whole sectors of ${sectorBytes}`);
  }
  if (offset < 0 || offset + bytes > partition.bytes) {
    throw new RangeError(`region up to ${offset + bytes}, expected at most ${partition.bytes}`);
  }
  const check = (at: number, length: number) => {
    if (at >= 0 && at + length <= bytes) return;
    throw new RangeError(`access ${at} to ${at + length}, expected 0 to ${bytes}`);
  };
  return {
    bytes,
    sectorBytes,
    erase(at, length) {
      check(at, length);
      partition.erase(offset + at, length);
    },
    write(at, data) {
      check(at, data.length);
      partition.write(offset + at, data);
    },
    read(at, out) {
      check(at, out.length);
      partition.read(offset + at, out);
    },
  };
}
