/**
 * Stands for the SDK's module `embedded:network/dnssd`: the emulator knows which services are in the network.
 * Source of the interface: Moddable SDK, typings/embedded_network/dnssd.d.ts.
 * @module
 */
import { FROM_BOARD } from './kinds.js';
import { machine } from './machine.js';

interface Service {
  readonly address: string;
  readonly port: number;
  readonly txt: Map<string, string>;
}

interface Search {
  readonly serviceType: string;
  readonly onFound?: (service: Service) => void;
}

/** A socket as its owner hands it over: a class, and options for it. */
interface SocketOptions {
  readonly io: new (options: object) => { close(): void };
}

export default class DNSSD {
  readonly #socket: { close(): void };
  readonly #searches = new Set<number>();

  constructor({ socket }: { readonly socket: SocketOptions }) {
    this.#socket = new socket.io({ ...socket, target: this, onReadable() {} });
  }

  discover({ serviceType, onFound }: Search): { close(): void } {
    const handle = machine().handle(() => onFound?.(readService()));
    this.#searches.add(handle);
    machine().host.send(FROM_BOARD.browse, handle, serviceType);
    return { close: () => this.#end(handle) };
  }

  close(): void {
    for (const handle of this.#searches) this.#end(handle);
    this.#socket.close();
  }

  #end(handle: number): void {
    this.#searches.delete(handle);
    machine().forget(handle);
  }
}

function readService(): Service {
  const { host } = machine();
  const address = host.text();
  const port = host.integer();
  const txt = new Map<string, string>();
  for (let left = host.integer(); left > 0; left--) txt.set(host.text(), host.text());
  return { address, port, txt };
}
