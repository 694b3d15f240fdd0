/**
 * Stands for the SDK's module `resetReason`: power came.
 * Source of the interface: Moddable SDK, build/devices/esp32/modules/resetReason.
 * @module
 */

const POWER_ON = 1;

export default function getResetReason(): { readonly reason: number } {
  return { reason: POWER_ON };
}
