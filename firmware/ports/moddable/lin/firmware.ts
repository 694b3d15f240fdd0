/**
 * The port `FirmwareHost` of the Linux build: a file stands for the flash that firmware lies in. What runs is
 * always this program; whoever starts it is the boot loader, and says which slot and version it has taken.
 * @module
 */
import { regionOf } from '../../../flash/region.js';
import type { FirmwareHost } from '../../ports.js';
import { BoardCrypto } from '../crypto.js';
import { releaseOf } from '../release.js';
import type { BootedFirmware } from './booted.js';
import { FilePartition } from './partition.js';

/** The choice of the boot loader and what the firmware remembers: two sectors each. Then the slots. */
const PAIR_BYTES = 8192;

/** What the SDK puts into the global scope of a simulated board; our loader ends at this message. */
interface Simulator {
  readonly screen: { postMessage(text: string): void };
}

export function restart(): void {
  (globalThis as unknown as Simulator).screen.postMessage('restart');
}

export function openFirmware(booted: BootedFirmware): FirmwareHost {
  const { running, slotBytes } = booted;
  const file = new FilePartition('firmware', 2 * PAIR_BYTES + 2 * slotBytes);
  return {
    ...releaseOf(booted, booted.target)!,
    running,
    spare: regionOf(file, 2 * PAIR_BYTES + (1 - running) * slotBytes, slotBytes),
    choice: regionOf(file, 0, PAIR_BYTES),
    trial: regionOf(file, PAIR_BYTES, PAIR_BYTES),
    crypto: new BoardCrypto(),
    restart,
  };
}
