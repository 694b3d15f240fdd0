/**
 * What the boot loader of the Linux build says, in `settings.json`, of the firmware that it has started.
 * @module
 */

export interface BootedFirmware {
  readonly target: string;
  readonly release: string; // 1.2.3
  readonly key: string; // of the maker, in hex
  readonly running: 0 | 1;
  readonly slotBytes: number;
}
