/**
 * Deals examples to boards that have none of their own. A part is given once, to the first board that asks; a
 * board that asks again gets the same part again, also after a restart: who has which is on disk before the part leaves.
 * Parts do not come back, since the board that had one may have it in its flash for ever.
 * @module
 */
import { encodeDeal } from '../../shared/protocol/deal.js';
import { decodeEnrol } from '../../shared/protocol/enrol.js';
import { ProtocolError } from '../../shared/protocol/error.js';
import { encodeShard, encodeShardRefusal } from '../../shared/protocol/shard.js';
import type { DealEvent } from './event.js';

/** Examples for boards. */
export interface DealSource {
  readonly id: number; // uint32 from 1, its own for these parts: other ones have another
  readonly parts: number; // 1 or more
  readonly longestBytes: number; // of the longest part
  /** The fld file of a part, 0 to parts - 1. */
  part(index: number): Uint8Array;
}

export interface DealStore {
  /** Which part of this deal a device has. */
  loadParts(deal: number): ReadonlyMap<string, number>;
  /** Durable when resolved. */
  savePart(deal: number, device: string, part: number): Promise<void>;
  /** Resolves when everything saved so far is durable. */
  settled(): Promise<void>;
}

/** As `Publisher` in `ports.ts`. */
export interface DealPublisher {
  publishDeal(frame: Uint8Array): Promise<void>; // retained
  publishShard(device: string, frame: Uint8Array): Promise<void>;
}

export interface DealerPorts {
  readonly source: DealSource;
  readonly store: DealStore;
  readonly publisher: DealPublisher;
  readonly onEvent: (event: DealEvent) => void;
}

export class Dealer {
  readonly #ports: DealerPorts;
  readonly #parts: Map<string, number>; // by device
  #next = 0; // no part below it is free

  constructor(ports: DealerPorts) {
    this.#ports = ports;
    this.#parts = new Map(ports.store.loadParts(ports.source.id));
  }

  /** Tells all boards that there is something. */
  start(): void {
    const { source, publisher } = this.#ports;
    const { id: deal, parts, longestBytes } = source;
    void publisher.publishDeal(encodeDeal({ deal, parts, longestBytes }));
  }

  /** Resolves when the answer was handed to the network: whose part it is is durable then. */
  async receiveEnrol(device: string, frame: Uint8Array): Promise<void> {
    const { source, publisher } = this.#ports;
    const enrol = readable(frame);
    if (enrol === undefined || enrol.deal !== source.id) return; // it asks again, when it has heard of this deal
    const { id: deal, parts } = source;
    const had = this.#parts.get(device);
    const part = had ?? this.#free();
    if (part === undefined) {
      this.#refuse(device, `all ${parts} parts are dealt`);
      return publisher.publishShard(device, encodeShardRefusal({ device, deal, parts }, 'none left', 0));
    }
    const fld = source.part(part);
    if (fld.length > enrol.roomBytes) {
      this.#refuse(device, `a part takes ${fld.length} bytes, its flash has room for ${enrol.roomBytes}`);
      return publisher.publishShard(
        device,
        encodeShardRefusal({ device, deal, parts }, 'too long', fld.length),
      );
    }
    if (had === undefined) await this.#give(device, part);
    else await this.#ports.store.settled(); // it may have asked twice at once
    return publisher.publishShard(device, encodeShard({ device, deal, part, parts }, fld));
  }

  /** Taken before the disk is waited for: nobody else gets it meanwhile, and the board no second one. */
  async #give(device: string, part: number): Promise<void> {
    const { source, store, onEvent } = this.#ports;
    this.#parts.set(device, part);
    this.#next = part + 1;
    await store.savePart(source.id, device, part);
    onEvent({ kind: 'dealt', device, part, parts: source.parts, dealt: this.#parts.size });
  }

  /** The lowest part that nobody has. */
  #free(): number | undefined {
    const taken = new Set(this.#parts.values());
    while (this.#next < this.#ports.source.parts && taken.has(this.#next)) this.#next += 1;
    return this.#next < this.#ports.source.parts ? this.#next : undefined;
  }

  #refuse(device: string, reason: string): void {
    this.#ports.onEvent({ kind: 'not dealt', device, reason });
  }
}

/** Undefined for bytes that are no such frame: the board asks again. */
function readable(frame: Uint8Array): ReturnType<typeof decodeEnrol> | undefined {
  try {
    return decodeEnrol(frame);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return undefined;
  }
}
