/**
 * The board's Wi-Fi: joins, and joins again for as long as it takes, with growing and random rests, so
 * that a room of boards does not knock at one moment when its access point comes back. It never
 * blocks: who needs it waits for `onUp`.
 * @module
 */
import WiFi from 'embedded:network/interface/wifi';
import { Backoff } from '../../../federation/backoff.js';
import { guarded } from '../../../federation/guard.js';
import type { Clock, Entropy, Log, Timer } from '../../ports.js';

export interface WifiOptions {
  readonly ssid: string;
  readonly password?: string;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly log: Log;
  /** The board has an address. */
  readonly onUp: () => void;
  readonly onDown: () => void;
}

/** States of the SDK's interface, from its `connection`. */
const DISCONNECTED = 200;
const HAS_ADDRESS = 500;

const FIRST_REST_MS = 1000;
const LONGEST_REST_MS = 60_000;
/** Without an address after this, the try has failed. */
const JOIN_MS = 30_000;

export class Wifi {
  readonly #options: WifiOptions;
  readonly #backoff: Backoff;
  readonly #wifi: WiFi;
  #isUp = false;
  #isResting = false;
  #timer: Timer | undefined; // the rest between two tries, or the wait for an address

  constructor(options: WifiOptions) {
    this.#options = options;
    this.#backoff = new Backoff(FIRST_REST_MS, LONGEST_REST_MS, options.entropy);
    this.#wifi = new WiFi({ onChanged: guarded(options.log, 'Wi-Fi', () => this.#changed()) });
    this.#join();
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Of the chip, `a4:d1:8c:db:c0:20`. */
  get mac(): string {
    const mac = this.#wifi.MAC;
    if (mac === undefined) throw new Error('no MAC address, expected one of the Wi-Fi');
    return mac;
  }

  #join(): void {
    const { ssid, password, log } = this.#options;
    this.#isResting = false;
    this.#awaitAddress();
    try {
      this.#wifi.connect(password ? { SSID: ssid, password } : { SSID: ssid });
    } catch {
      log.line(`Wi-Fi ${ssid} refused the try`);
      this.#rest();
    }
  }

  #changed(): void {
    const { log, ssid, onUp, onDown } = this.#options;
    const { connection } = this.#wifi;
    if (connection >= HAS_ADDRESS) {
      if (this.#isUp) return;
      this.#isUp = true;
      this.#timer?.cancel();
      this.#backoff.reset();
      log.line(`Wi-Fi ${ssid}, address ${this.#wifi.address}`);
      onUp();
      return;
    }
    if (this.#isUp) {
      this.#isUp = false;
      this.#awaitAddress();
      onDown();
    }
    if (connection <= DISCONNECTED && !this.#isResting) this.#rest();
  }

  #awaitAddress(): void {
    this.#wait(JOIN_MS, () => {
      this.#rest(); // before the disconnection that follows is told
      this.#wifi.disconnect();
    });
  }

  #rest(): void {
    const restMs = this.#backoff.next();
    this.#isResting = true;
    this.#options.log.line(`no Wi-Fi ${this.#options.ssid}, next try in ${restMs} ms`);
    this.#wait(restMs, () => this.#join());
  }

  #wait(ms: number, then: () => void): void {
    this.#timer?.cancel();
    this.#timer = this.#options.clock.after(ms, then);
  }
}
