/**
 * Stands for the SDK's module `net`. Names are the emulator's.
 * Source of the interface: Moddable SDK, documentation/network/network.md, class Net.
 * @module
 */
import { FROM_BOARD } from './kinds.js';
import { machine } from './machine.js';

const Net = {
  /** Nobody knows the signal of a wire. */
  get(): undefined {
    return undefined;
  },

  /** @param onResolved the address is undefined when nobody has that name */
  resolve(name: string, onResolved: (name: string, address: string | undefined) => void): void {
    const handle = machine().handle(() => {
      machine().forget(handle);
      const address = machine().host.text();
      onResolved(name, address === '' ? undefined : address);
    });
    machine().host.send(FROM_BOARD.resolve, handle, name);
  },
};

export default Net;
