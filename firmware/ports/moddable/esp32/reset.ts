/**
 * Why the chip began its present life.
 * Source: ESP-IDF, `esp_system.h` (esp_reset_reason_t), by way of the SDK's `resetReason`.
 * @module
 */
import getResetReason from 'resetReason';
import { frozen } from '../../../../shared/fixed/frozen.js';
import type { Vitals } from '../../ports.js';

/** By ESP-IDF's number; a reset pin is a person's doing, as power is. */
const REASONS: readonly Vitals['reset'][] = frozen([
  'unknown',
  'power',
  'power',
  'restart',
  'crash',
  'watchdog',
  'watchdog',
  'watchdog',
  'sleep',
  'brownout',
]);

export function resetReason(): Vitals['reset'] {
  return REASONS[getResetReason().reason] ?? 'unknown';
}
