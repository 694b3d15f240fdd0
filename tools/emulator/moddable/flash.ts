/**
 * Stands for the SDK's module `embedded:storage/flash`: the partitions of the emulator's chip.
 * Source of the interface: Moddable SDK, modules/io/flash.
 * @module
 */
import { machine, type Partition } from './machine.js';

const BLOCK_BYTES = 4096;

class Flash {
  readonly #partition: Partition;
  readonly #mode: string;

  constructor(partition: Partition, mode: string) {
    this.#partition = partition;
    this.#mode = mode;
  }

  status(): { readonly size: number; readonly blocks: number; readonly blockLength: number } {
    const size = this.#partition.bytes;
    return { size, blocks: size / BLOCK_BYTES, blockLength: BLOCK_BYTES };
  }

  /** @param end behind the last block; one block when left out */
  eraseBlock(start: number, end = start + 1): void {
    const bytes = (end - start) * BLOCK_BYTES;
    machine().host.eraseChip(this.#place(start * BLOCK_BYTES, bytes, true), bytes);
  }

  write(bytes: Uint8Array, offset: number): void {
    machine().host.writeChip(this.#place(offset, bytes.length, true), bytes);
  }

  read(into: Uint8Array, offset: number): number {
    machine().host.readChip(this.#place(offset, into.length, false), into);
    return into.length;
  }

  close(): void {}

  #place(offset: number, bytes: number, isChange: boolean): number {
    const { name, bytes: most, offset: start } = this.#partition;
    if (isChange && this.#mode !== 'r+') throw new Error(`partition ${name} is read only`);
    if (offset < 0 || offset + bytes > most) throw new RangeError(`partition ${name} has ${most} bytes`);
    return start + offset;
  }
}

const FlashStorage = {
  open({ path, mode = 'r' }: { readonly path: string; readonly mode?: string }): Flash {
    const partition = machine().partitions.find(({ name }) => name === path);
    if (partition === undefined) throw new Error('partition not found');
    return new Flash(partition, mode);
  },
};

export default FlashStorage;
