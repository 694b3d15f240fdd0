/**
 * What the SDK's modules do not tell of a chip: host functions of `chip.c`.
 * @module
 */

/** Memory of the system. */
export function freeBytes(): number {
  return native('sparrow_chip_free')();
}

/** Of the two firmware slots of the partition table. */
export function runningSlot(): 0 | 1 {
  return native('sparrow_chip_slot')() === 0 ? 0 : 1;
}
