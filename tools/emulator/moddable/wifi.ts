/**
 * Stands for the SDK's module `embedded:network/interface/wifi`. The access point is the emulator's.
 * Source of the interface: Moddable SDK, typings/embedded_network/interface/wifi.d.ts.
 * @module
 */
import { FROM_BOARD } from './kinds.js';
import { machine } from './machine.js';

interface Options {
  readonly target?: unknown;
  readonly onChanged?: (this: WiFi, property: 'connection' | 'address') => void;
}

const DISCONNECTED = 200;

export default class WiFi {
  readonly target: unknown;
  readonly #handle: number;
  #connection = DISCONNECTED;
  #address = '';

  constructor({ target, onChanged }: Options) {
    this.target = target;
    this.#handle = machine().handle(() => {
      const { host } = machine();
      this.#connection = host.integer();
      this.#address = host.text();
      onChanged?.call(this, 'connection');
    });
  }

  connect({ SSID, password = '' }: { readonly SSID: string; readonly password?: string }): void {
    machine().host.send(FROM_BOARD.join, this.#handle, SSID, password);
  }

  disconnect(): void {
    machine().host.send(FROM_BOARD.leave, this.#handle);
  }

  close(): void {
    this.disconnect();
    machine().forget(this.#handle);
  }

  get connection(): number {
    return this.#connection;
  }

  get address(): string | undefined {
    return this.#address === '' ? undefined : this.#address;
  }

  get MAC(): string {
    return machine().mac;
  }
}
