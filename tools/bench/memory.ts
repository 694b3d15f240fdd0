/**
 * Memory that is still held after a full garbage collection: the heap and the buffers beside it.
 * @module
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export class Memory {
  readonly #collect: () => void;

  constructor() {
    setFlagsFromString('--expose-gc');
    this.#collect = runInNewContext('gc') as () => void;
  }

  /** bytes */
  async held(): Promise<number> {
    for (let i = 0; i < 3; i++) {
      this.#collect();
      await new Promise(setImmediate); // buffers are given back a turn later
    }
    const { heapUsed, external } = process.memoryUsage(); // external has the array buffers in it
    return heapUsed + external;
  }
}
