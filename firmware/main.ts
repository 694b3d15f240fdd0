/**
 * The firmware, wired: hand it a host's ports and it takes part in the federation.
 * @module
 */
import { boardProfile } from '../shared/model/boards.js';
import type { Plan } from '../shared/protocol/plan.js';
import { ShardExamples } from './data/shard.js';
import { Client } from './federation/client.js';
import { Enrolment } from './federation/enrolment.js';
import { reasonOf } from './federation/guard.js';
import { localRound } from './federation/localround.js';
import { SETTINGS, type Settings } from './federation/settings.js';
import { Slices } from './federation/slices.js';
import type { Ports } from './ports/ports.js';
import { Updater } from './update/updater.js';

/** Bytes of flash read and summed between two pauses. */
const CHECK_BYTES = 4096;

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
  const isIdle = () => client.isIdle;
  const updater = updaterOf(ports, settings, isIdle);
  const shard = ports.examples === undefined && ports.shard ? new ShardExamples(ports.shard) : undefined;
  const examples = ports.examples ?? shard;
  const people = {
    label: () => {
      throw new RangeError('no sensor that records windows on this board');
    },
    nextLabel() {},
    status: () => [`${examples?.count ?? 0} examples`],
  };
  if (updater?.boot() === false) return { stop() {}, ...people };
  const enrolment = shard && enrolmentOf(shard, ports, settings, isIdle, () => client.refresh());
  const companions = [updater, enrolment].filter((companion) => companion !== undefined);
  const isMeant = ({ windows }: Plan) => windows === undefined;
  const client = new Client({
    ports,
    settings,
    profile,
    localWork: localRound,
    examples,
    isMeant,
    companions,
  });
  const stopCheck = checked(shard, ports, () => client.start());
  return {
    stop() {
      stopCheck();
      client.stop();
    },
    ...people,
  };
}

/**
 * Reads the shard of an earlier life before anything else begins: a board that comes back in mid-round trains again.
 * @returns ends it
 */
function checked(shard: ShardExamples | undefined, { clock, log }: Ports, onDone: () => void): () => void {
  if (shard === undefined) {
    onDone();
    return () => {};
  }
  const slices = new Slices(clock, shard.check(), CHECK_BYTES, {
    onDone: () => {
      log.line(shard.count > 0 ? `${shard.count} examples in flash` : 'no examples in flash yet');
      onDone();
    },
    onFailed: (error) => {
      log.line(`shard in flash not used: ${reasonOf(error)}`);
      onDone();
    },
  });
  return () => slices.cancel();
}

function enrolmentOf(
  shard: ShardExamples,
  { identity: { device }, task, clock, entropy, log }: Ports,
  { downloadMs, backoffFirstMs, backoffMaxMs }: Settings,
  isIdle: () => boolean,
  onChanged: () => void,
): Enrolment {
  return new Enrolment({
    ...{ device, task, shard, clock, entropy, log, downloadMs, backoffFirstMs, backoffMaxMs },
    isIdle,
    onChanged,
  });
}

function updaterOf(
  { firmware: host, task, clock, log }: Ports,
  { downloadMs }: Settings,
  isIdle: () => boolean,
): Updater | undefined {
  return host && new Updater({ host, task, clock, log, downloadMs, isIdle });
}
