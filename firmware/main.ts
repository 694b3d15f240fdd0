/**
 * The firmware, wired: hand it a host's ports and it takes part in the federation.
 * @module
 */
import { boardProfile } from '../shared/model/boards.js';
import { OWN_SHARD } from '../shared/protocol/shardimage.js';
import { OwnExamples } from './data/own.js';
import { Client } from './federation/client.js';
import type { Companion } from './federation/companion.js';
import { Enrolment } from './federation/enrolment.js';
import { reasonOf } from './federation/guard.js';
import { Live } from './federation/live.js';
import { localRound } from './federation/localround.js';
import { SETTINGS, type Settings } from './federation/settings.js';
import { Slices } from './federation/slices.js';
import type { Examples, Ports } from './ports/ports.js';
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
  return new Firmware(ports, settings);
}

class Firmware implements RunningFirmware {
  readonly #examples: Examples | undefined;
  readonly #own: OwnExamples | undefined;
  #check: Slices<void> | undefined; // of the shard in flash, before anything else begins
  #client: Client | undefined;
  #live: Live | undefined;

  constructor(ports: Ports, settings: Settings) {
    const profile = boardProfile(ports.identity.board);
    const updater = updaterOf(ports, settings, () => this.#client?.isIdle ?? true);
    const own = ports.examples === undefined && ports.shard ? new OwnExamples(ports.shard) : undefined;
    const examples = ports.examples ?? own;
    this.#examples = examples;
    this.#own = own;
    if (updater?.boot() === false) return;
    const begin = () => {
      this.#check = undefined;
      const companions: Companion[] = updater === undefined ? [] : [updater];
      if (own !== undefined && own.shard.deal !== OWN_SHARD) {
        companions.push(new Enrolment(ports, own, settings));
        const { sensors = [] } = ports;
        if (sensors.length > 0) this.#live = new Live(ports, sensors, own, profile.sliceMacs);
        if (this.#live !== undefined) companions.push(this.#live);
      }
      this.#client = new Client({ ports, settings, profile, localWork: localRound, examples, companions });
      this.#client.start();
    };
    // A board that comes back in mid-round has its shard before it hears of the plan, and trains again.
    if (own === undefined) begin();
    else this.#check = checking(own, ports, begin);
  }

  stop(): void {
    this.#check?.cancel();
    this.#client?.stop();
  }

  label(label: number | undefined): void {
    if (this.#live === undefined) throw new RangeError('no sensor that records windows on this board');
    this.#live.label(label);
  }

  nextLabel(): void {
    this.#live?.nextLabel();
  }

  status(): readonly string[] {
    const { windows } = this.#own ?? {};
    if (windows === undefined) return [`${this.#examples?.count ?? 0} examples`];
    return [
      `${windows.count} windows, ${windows.label === undefined ? 'none recorded' : `recorded as ${windows.label}`}`,
    ];
  }
}

/** Reads the shard of an earlier life. */
function checking({ shard }: OwnExamples, { clock, log }: Ports, onDone: () => void): Slices<void> {
  return new Slices(clock, shard.check(), CHECK_BYTES, {
    onDone() {
      log.line(shard.count > 0 ? `${shard.count} examples in flash` : 'no examples in flash yet');
      onDone();
    },
    onFailed(error) {
      log.line(`shard in flash not used: ${reasonOf(error)}`);
      onDone();
    },
  });
}

function updaterOf(
  { firmware: host, task, clock, log }: Ports,
  { downloadMs }: Settings,
  isIdle: () => boolean,
): Updater | undefined {
  return host && new Updater({ host, task, clock, log, downloadMs, isIdle });
}
