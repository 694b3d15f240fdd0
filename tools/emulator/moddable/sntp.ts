/**
 * Stands for the SDK's module `sntp`: the emulator answers with the machine's time.
 * Source of the interface: Moddable SDK, documentation/network/network.md, class SNTP.
 * @module
 */
import { FROM_BOARD } from './kinds.js';
import { machine } from './machine.js';

type Tell = (message: number, seconds?: number) => void;

export default class SNTP {
  static readonly time = 1;
  static readonly retry = 2;
  static readonly error = -1;

  constructor({ host }: { readonly host: string }, tell: Tell) {
    const handle = machine().handle(() => {
      machine().forget(handle);
      const seconds = machine().host.integer();
      if (seconds > 0) tell(SNTP.time, seconds);
      else tell(SNTP.error);
    });
    machine().host.send(FROM_BOARD.askTime, handle, host);
  }

  close(): void {}
}
