/**
 * Stands for the SDK's `modules`: a board on stand-ins has none but those of its firmware.
 * @module
 */
const Modules = {
  has: (_name: string): boolean => false,
  /** @throws ReferenceError always */
  importNow(name: string): never {
    throw new ReferenceError(`no module ${name}`);
  },
};

export default Modules;
