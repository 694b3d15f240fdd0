/**
 * The board's own examples in flash: a shard, or, once a live task has begun, the windows of its sensor.
 * @module
 */
import type { Normal } from '../../shared/data/normal.js';
import type { Examples, RawPartition } from '../ports/ports.js';
import { ShardExamples } from './shard.js';
import { WindowExamples, type WindowShape } from './windows.js';

/** A normalisation, by the checksum of the frame that brought it. */
export interface Normals {
  readonly crc: number;
  readonly normals: readonly Normal[]; // one for each channel
}

export class OwnExamples implements Examples {
  readonly shard: ShardExamples;
  readonly #partition: RawPartition;
  #windows: WindowExamples | undefined;
  #least = 0; // windows below which there are none
  #normals: Normals | undefined; // in force
  #offered: Normals | undefined; // last heard of

  constructor(partition: RawPartition) {
    this.#partition = partition;
    this.shard = new ShardExamples(partition);
  }

  /** Windows of a live task; undefined while there is none. */
  get windows(): WindowExamples | undefined {
    return this.#windows;
  }

  get count(): number {
    if (this.#windows === undefined) return this.shard.count;
    return this.#windows.count < this.#least ? 0 : this.#windows.count;
  }

  get features(): number {
    return (this.#windows ?? this.shard).features;
  }

  get signed(): boolean {
    return (this.#windows ?? this.shard).signed;
  }

  get classes(): number {
    return (this.#windows ?? this.shard).classes;
  }

  read(index: number, out: Uint8Array): number {
    return (this.#windows ?? this.shard).read(index, out);
  }

  /**
   * A live task begins: what lies in flash is windows of this shape from now on. There are none before the `check`
   * of what it returns has run.
   * @throws RangeError when flash cannot hold them
   */
  record(shape: WindowShape, least: number): WindowExamples {
    this.#windows = new WindowExamples(this.#partition, shape);
    this.#least = least;
    this.#normals = undefined;
    return this.#windows;
  }

  /** The normalisation in force. */
  get normals(): Normals | undefined {
    return this.#normals;
  }

  /** A normalisation that a plan may ask for; nothing changes before one does. */
  offer(normals: Normals): void {
    this.#offered = normals;
  }

  /**
   * Whether these are the examples that a plan means; its normalisation is in force from now on.
   * @param windows as in the plan
   */
  isMeant(windows: number | undefined): boolean {
    if (this.#windows === undefined || windows === undefined) return windows === undefined && !this.#windows;
    if (this.#offered?.crc === windows && this.#normals !== this.#offered) {
      this.#normals = this.#offered;
      this.#windows.normals = this.#offered.normals;
    }
    return this.#normals?.crc === windows;
  }
}
