/**
 * The shard in flash as the board's examples: dealt by the server, or flashed by a person. Without one
 * there are no examples.
 * @module
 */
import { FLD_HEADER_BYTES } from '../../shared/data/fld.js';
import { ShardStore } from '../flash/shardstore.js';
import type { Examples, RawPartition } from '../ports/ports.js';
import { PackedExamples } from './packed.js';

/** What is said of a shard beside its file, as `shared/protocol/shardimage.ts` has it. */
type Image = Parameters<ShardStore['seal']>[0];

/** Labels looked at per pause. */
const CHECK_LABELS = 1024;

export class ShardExamples implements Examples {
  readonly #store: ShardStore;
  #examples: PackedExamples | undefined;

  /** Without examples before `check` has run. */
  constructor(partition: RawPartition) {
    this.#store = new ShardStore(partition);
  }

  get count(): number {
    return this.#examples?.count ?? 0;
  }

  get features(): number {
    return this.#examples?.features ?? 0;
  }

  get signed(): boolean {
    return this.#examples?.signed ?? false;
  }

  get classes(): number {
    return this.#examples?.classes ?? 0;
  }

  read(index: number, out: Uint8Array): number {
    if (this.#examples === undefined) throw new RangeError(`example ${index}, expected a shard`);
    return this.#examples.read(index, out);
  }

  /** Of the longest shard. */
  get roomBytes(): number {
    return this.#store.roomBytes;
  }

  /** The deal that the shard is of, 0 = flashed by a person; undefined without examples. */
  get deal(): number | undefined {
    return this.#examples && this.#store.held?.deal;
  }

  /** Looks for the shard of an earlier life. Yields bytes read. @throws RangeError when its file is not one */
  *check(): Generator<number, void> {
    yield* this.#store.check();
    yield* this.#open();
  }

  /** Another shard comes: from now on there are no examples. */
  begin(): void {
    this.#examples = undefined;
    this.#store.begin();
  }

  /** The next bytes of its file. */
  write(bytes: Uint8Array): void {
    this.#store.write(bytes);
  }

  /** All of it came: it is read back, kept and used. Yields bytes read. @throws Error when it is not what was said */
  *seal(image: Image): Generator<number, void> {
    yield* this.#store.seal(image);
    yield* this.#open();
  }

  *#open(): Generator<number, void> {
    const { held } = this.#store;
    if (held === undefined) return;
    const examples = new PackedExamples(held.bytes, (offset, out) => this.#store.read(offset, out));
    yield* this.#checkLabels(examples);
    this.#examples = examples;
  }

  /** A label that the file has no class for would reach beyond the model's outputs. */
  *#checkLabels({ count, features, classes }: PackedExamples): Generator<number, void> {
    const labels = new Uint8Array(CHECK_LABELS);
    for (let from = 0; from < count; from += CHECK_LABELS) {
      const part = labels.subarray(0, Math.min(CHECK_LABELS, count - from));
      this.#store.read(FLD_HEADER_BYTES + count * features + from, part);
      const wrong = part.findIndex((label) => label >= classes);
      if (wrong >= 0) {
        throw new RangeError(`label ${part[wrong]} of example ${from + wrong}, expected below ${classes}`);
      }
      yield part.length;
    }
  }
}
