/**
 * New firmware over the network. An announcement whose signature is right makes the board fetch the
 * image, part by part, into the slot that it does not run from; the image is read back and hashed; then
 * the trial is noted, and last of all the boot loader's choice is switched. The new firmware is on
 * trial: when it has not joined the broker within a few boots, it gives the choice back.
 *
 * Whatever goes wrong before the switch, and wherever power is lost, the old firmware runs on. While
 * firmware is on trial the other slot is not touched: it is the way back.
 * @module
 */

import { decodeFirmware, type Firmware, formatVersion } from '../../shared/protocol/firmware.js';
import { imageParts } from '../../shared/protocol/image.js';
import { firmwareTopic, imageTopic } from '../../shared/protocol/topics.js';
import type { Companion, SharedLink } from '../federation/companion.js';
import { guarded, reasonOf } from '../federation/guard.js';
import { collect } from '../federation/inbox.js';
import { Slices } from '../federation/slices.js';
import type { Clock, FirmwareHost, Log, MessageSink, Timer } from '../ports/ports.js';
import { BootChoice } from './bootchoice.js';
import { PartSink } from './part.js';
import { isSignedBy } from './signature.js';
import { type Trial, TrialLog } from './trial.js';

export interface UpdaterOptions {
  readonly host: FirmwareHost;
  readonly task: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Without a byte for as long, a part is asked for again. */
  readonly downloadMs: number;
  /** Whether a restart disturbs no round. */
  isIdle(): boolean;
}

/** Boots that new firmware has to join the broker. */
export const TRIAL_BOOTS = 3;
/** Firmware on trial that has not joined for as long boots again. */
const TRIAL_MS = 600_000;
/** An announcement has 136 bytes. */
const ANNOUNCEMENT_BYTES = 256;
/** Bytes read and hashed per pause when the image is checked. */
const CHECK_BYTES = 4096;
const RESTART_POLL_MS = 1_000;
/** A restart does not wait longer for the end of a round: the board trains it again, to the same bytes. */
const RESTART_WAIT_MS = 600_000;
/** An image that came whole and was not what its maker signed is not fetched for ever. */
const MAX_TRIES = 3;

type State =
  | { readonly kind: 'idle' }
  | { readonly kind: 'fetching'; readonly firmware: Firmware; readonly part: number }
  | { readonly kind: 'checking'; readonly firmware: Firmware; readonly slices: Slices<boolean> }
  | { readonly kind: 'switched' };

export class Updater implements Companion {
  readonly #options: UpdaterOptions;
  readonly #choice: BootChoice;
  readonly #trials: TrialLog;
  #trial: Trial | undefined;
  #state: State = { kind: 'idle' };
  #link: SharedLink | undefined;
  #timer: Timer | undefined;
  #isMoving = false; // a byte came since the last look
  #tries = 0; // whole images that were wrong, in this life

  /** @throws RangeError when a part of the host's flash has the wrong size */
  constructor(options: UpdaterOptions) {
    const { host } = options;
    this.#options = options;
    this.#choice = new BootChoice(host.choice);
    this.#trials = new TrialLog(host.trial);
    this.#trial = this.#trials.load();
  }

  get state(): State['kind'] {
    return this.#state.kind;
  }

  /** The first thing after power-on. @returns false when the board restarts: then nothing else may begin */
  boot(): boolean {
    const { host } = this.#options;
    const trial = this.#trial;
    if (trial === undefined || trial.state === 'settled') return true;
    if (trial.slot !== host.running) {
      if (this.#choice.slot === trial.slot) this.#refused(trial);
      else if (trial.state === 'trial') this.#note({ ...trial, state: 'settled' }); // power went before the switch
      return true;
    }
    if (trial.state === 'trial' && trial.boots < TRIAL_BOOTS) {
      this.#note({ ...trial, boots: trial.boots + 1 });
      return true;
    }
    this.#rollBack(trial);
    return false;
  }

  start(link: SharedLink): void {
    const { host, task, clock, log } = this.#options;
    this.#link = link;
    link.subscribe(firmwareTopic(task, host.target));
    if (!this.#isOnTrial) return;
    this.#timer = clock.after(
      TRIAL_MS,
      guarded(log, 'trial', () => host.restart()),
    );
  }

  /** Joined: that is what new firmware must show. */
  onUp(): void {
    if (!this.#isOnTrial) return;
    this.#timer?.cancel();
    this.#note({ ...this.#trial!, state: 'settled' });
    this.#say(this.#options.host.version, 'works');
  }

  onMessage(topic: string, lengthBytes: number): MessageSink | undefined {
    const { host, task } = this.#options;
    if (topic === firmwareTopic(task, host.target)) {
      return collect(lengthBytes, ANNOUNCEMENT_BYTES, (bytes) => this.#announced(decodeFirmware(bytes)));
    }
    const state = this.#state;
    if (state.kind !== 'fetching' || topic !== this.#topicOf(state.firmware, state.part)) return undefined;
    const sink = new PartSink(state.firmware, state.part, host.spare, () => this.#fetched(state));
    return {
      write: (bytes) => {
        if (this.#state !== state) return;
        sink.write(bytes);
        this.#isMoving = true;
      },
      end: () => {
        if (this.#state === state) sink.end();
      },
    };
  }

  stop(): void {
    if (this.#state.kind === 'checking') this.#state.slices.cancel();
    this.#timer?.cancel();
  }

  get #isOnTrial(): boolean {
    return this.#trial?.state === 'trial' && this.#trial.slot === this.#options.host.running;
  }

  #announced(firmware: Firmware): void {
    if (this.#state.kind !== 'idle' || this.#isOnTrial || firmware.version <= this.#options.host.version)
      return;
    const reason = this.#reasonAgainst(firmware);
    if (reason !== undefined) {
      this.#say(firmware.version, `refused: ${reason}`);
      return;
    }
    this.#say(firmware.version, `of ${firmware.imageBytes} bytes, fetched now`);
    this.#fetch(firmware, 0);
  }

  #reasonAgainst(firmware: Firmware): string | undefined {
    const { host } = this.#options;
    const { target, version, imageBytes } = firmware;
    if (target !== host.target) return `for ${target}, expected ${host.target}`;
    if (this.#trial?.state === 'failed' && this.#trial.version === version) return 'it did not work before';
    if (this.#isInPlace(version)) return `it runs already, and calls itself ${formatVersion(host.version)}`;
    if (this.#tries >= MAX_TRIES) return `${MAX_TRIES} images were not what was signed`;
    if (imageBytes > host.spare.bytes) return `${imageBytes} bytes, expected at most ${host.spare.bytes}`;
    if (!isSignedBy(host.key, firmware, host.crypto))
      return 'signature, expected one by the key of this board';
    return undefined;
  }

  /** A release whose build was given another number: fetched again after each restart, it would never end. */
  #isInPlace(version: number): boolean {
    const trial = this.#trial;
    return (
      trial?.state === 'settled' && trial.version === version && trial.slot === this.#options.host.running
    );
  }

  #fetch(firmware: Firmware, part: number): void {
    this.#state = { kind: 'fetching', firmware, part };
    this.#link?.subscribe(this.#topicOf(firmware, part));
    this.#watch();
  }

  /** A part that was lost or damaged on its way is asked for again. */
  #watch(): void {
    const { clock, log, downloadMs } = this.#options;
    this.#isMoving = false;
    this.#timer?.cancel();
    const look = guarded(log, 'firmware', () => {
      if (this.#state.kind !== 'fetching') return;
      const { firmware, part } = this.#state;
      if (!this.#isMoving) this.#link?.subscribe(this.#topicOf(firmware, part));
      this.#watch();
    });
    this.#timer = clock.after(downloadMs, look);
  }

  #fetched({ firmware, part }: { readonly firmware: Firmware; readonly part: number }): void {
    this.#link?.unsubscribe(this.#topicOf(firmware, part));
    if (part + 1 < imageParts(firmware.imageBytes)) this.#fetch(firmware, part + 1);
    else this.#check(firmware);
  }

  #check(firmware: Firmware): void {
    this.#timer?.cancel();
    const slices = new Slices(this.#options.clock, this.#isWhole(firmware), 1, {
      onDone: (isWhole) => this.#checked(firmware, isWhole),
      onFailed: (error) => {
        this.#say(firmware.version, `not used: ${reasonOf(error)}`);
        if (this.#state.kind === 'checking') this.#state = { kind: 'idle' };
      },
    });
    this.#state = { kind: 'checking', firmware, slices };
  }

  /** Reads the image back from flash. Yields 1 for each piece. */
  *#isWhole({ imageBytes, digest }: Firmware): Generator<number, boolean> {
    const { spare, crypto } = this.#options.host;
    const hash = crypto.sha256();
    const piece = new Uint8Array(CHECK_BYTES);
    for (let at = 0; at < imageBytes; at += CHECK_BYTES) {
      const part = piece.subarray(0, Math.min(CHECK_BYTES, imageBytes - at));
      spare.read(at, part);
      hash.update(part);
      yield 1;
    }
    const found = hash.finish();
    return digest.every((byte, i) => byte === found[i]);
  }

  #checked({ version }: Firmware, isWhole: boolean): void {
    if (!isWhole) {
      this.#tries += 1;
      this.#say(version, 'not used: the image is not what was signed');
      this.#state = { kind: 'idle' };
      return;
    }
    const slot = this.#options.host.running === 0 ? 1 : 0;
    this.#note({ state: 'trial', slot, boots: 0, version });
    this.#choice.select(slot);
    this.#say(version, 'in place, the board restarts when it is idle');
    this.#state = { kind: 'switched' };
    this.#restart(0);
  }

  #restart(waitedMs: number): void {
    const { host, clock, log, isIdle } = this.#options;
    if (waitedMs >= RESTART_WAIT_MS || isIdle()) host.restart();
    else {
      const again = guarded(log, 'restart', () => this.#restart(waitedMs + RESTART_POLL_MS));
      this.#timer = clock.after(RESTART_POLL_MS, again);
    }
  }

  /** The boot loader was told the new slot, and took the old one: the image does not start. */
  #refused(trial: Trial): void {
    this.#note({ ...trial, state: 'failed' });
    this.#choice.select(this.#options.host.running);
    this.#say(trial.version, 'failed: the boot loader does not take it');
  }

  /** Notes it first: after power loss in between, `boot` comes here again. */
  #rollBack(trial: Trial): void {
    if (trial.state !== 'failed') this.#note({ ...trial, state: 'failed' });
    this.#choice.select(trial.slot === 0 ? 1 : 0);
    this.#say(trial.version, `failed: not joined in ${TRIAL_BOOTS} boots, back to the firmware before`);
    this.#options.host.restart();
  }

  #note(trial: Trial): void {
    this.#trials.save(trial);
    this.#trial = trial;
  }

  #topicOf({ target }: Firmware, part: number): string {
    return imageTopic(this.#options.task, target, part);
  }

  #say(version: number, text: string): void {
    this.#options.log.line(`firmware ${formatVersion(version)} ${text}`);
  }
}
