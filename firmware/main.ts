/**
 * The firmware, wired: hand it a host's ports and it takes part in the federation.
 * @module
 */
import { boardProfile } from '../shared/model/boards.js';
import { Client } from './federation/client.js';
import { localRound } from './federation/localround.js';
import { SETTINGS, type Settings } from './federation/settings.js';
import type { Ports } from './ports/ports.js';

export interface RunningFirmware {
  /** Ends at once and says goodbye to the broker. */
  stop(): void;
}

/** @throws RangeError when the board has no profile, or a name cannot stand in a topic */
export function start(ports: Ports, settings: Settings = SETTINGS): RunningFirmware {
  const profile = boardProfile(ports.identity.board);
  const client = new Client({ ports, settings, profile, localWork: localRound });
  client.start();
  return client;
}
