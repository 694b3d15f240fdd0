/**
 * The examples of an `.fld` file that lies in flash, or on a disk: read where they are, one at a time.
 * `shared/data/fld.ts` has the format.
 * @module
 */
import { FLD_HEADER_BYTES, parseFldHeader } from '../../shared/data/fld.js';
import type { Examples } from '../ports/ports.js';

/** Copies the bytes from `offset` on; as many as `out` has. */
export type ReadBytes = (offset: number, out: Uint8Array) => void;

export class PackedExamples implements Examples {
  readonly count: number;
  readonly features: number;
  readonly signed: boolean;
  readonly classes: number;
  readonly #read: ReadBytes;
  readonly #label = new Uint8Array(1);

  /**
   * @param lengthBytes of the whole file
   * @throws RangeError when it is not an fld file of that length
   */
  constructor(lengthBytes: number, read: ReadBytes) {
    const header = new Uint8Array(Math.min(FLD_HEADER_BYTES, lengthBytes));
    read(0, header);
    const { count, featureCount, signed, classes } = parseFldHeader(header, lengthBytes);
    this.count = count;
    this.features = featureCount;
    this.signed = signed;
    this.classes = classes;
    this.#read = read;
  }

  read(index: number, out: Uint8Array): number {
    const { features, count } = this;
    this.#read(
      FLD_HEADER_BYTES + index * features,
      out.length === features ? out : out.subarray(0, features),
    );
    this.#read(FLD_HEADER_BYTES + count * features + index, this.#label);
    return this.#label[0];
  }
}
