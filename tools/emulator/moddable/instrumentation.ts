/**
 * Stands for the SDK's module `instrumentation`: it knows the free memory within the engine's limits.
 * Source of the interface: Moddable SDK, documentation/base/instrumentation.md.
 * @module
 */
import { machine } from './machine.js';

const FREE_MEMORY = 1;

const Instrumentation = {
  map(name: string): number | undefined {
    return name === 'System Free Memory' ? FREE_MEMORY : undefined;
  },

  get(what: number): number | undefined {
    return what === FREE_MEMORY ? machine().host.freeBytes() : undefined;
  },
};

export default Instrumentation;
