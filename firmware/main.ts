/**
 * The firmware, wired: hand it a host's ports and it takes part in the federation.
 * @module
 */
import { boardProfile } from '../shared/model/boards.js';
import { Client } from './federation/client.js';
import { localRound } from './federation/localround.js';
import { SETTINGS, type Settings } from './federation/settings.js';
import type { Ports } from './ports/ports.js';
import { Updater } from './update/updater.js';

export interface RunningFirmware {
  /** Ends at once and says goodbye to the broker. */
  stop(): void;
  /**
   * Records the sensor's windows as this from now on, `undefined` = not any more. For a console.
   * @throws RangeError in words for a person: no such label, or nothing that records
   */
  label(label: number | undefined): void;
  /** The same for a button: none, 0, 1, … the last, none. */
  nextLabel(): void;
  /** Lines for a person about what the board learns from. */
  status(): readonly string[];
}

/** @throws RangeError when the board has no profile, or a name cannot stand in a topic */
export function start(ports: Ports, settings: Settings = SETTINGS): RunningFirmware {
  const profile = boardProfile(ports.identity.board);
  const updater = updaterOf(ports, settings, () => client.state === 'waiting' || client.state === 'done');
  const examples = ports.examples;
  const people = {
    label: () => {
      throw new RangeError('no sensor that records windows on this board');
    },
    nextLabel() {},
    status: () => [`${examples?.count ?? 0} examples`],
  };
  if (updater?.boot() === false) return { stop() {}, ...people };
  const companions = updater === undefined ? [] : [updater];
  const client = new Client({ ports, settings, profile, localWork: localRound, companions });
  client.start();
  return { stop: () => client.stop(), ...people };
}

function updaterOf(
  { firmware: host, task, clock, log }: Ports,
  { downloadMs }: Settings,
  isIdle: () => boolean,
): Updater | undefined {
  return host && new Updater({ host, task, clock, log, downloadMs, isIdle });
}
