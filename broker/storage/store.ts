/**
 * The state of one federation in one data folder: tables, checkpoints and a lock. It writes what the
 * coordinator decided and decides nothing itself.
 *
 * Updates that come within a few milliseconds share one transaction, and their promises resolve after
 * it: a thousand boards that report at once cost a few syncs. Every other call writes what waits in
 * the same transaction as its own, so the order on disk is the order of the calls. Metrics start no
 * transaction of their own for a second: they go along with whatever is written before.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import type { VerdictKind } from '../../shared/protocol/verdict.js';
import type { DeviceRecord } from '../rounds/clients.js';
import type { DealStore } from '../rounds/dealer.js';
import type { RoundSummary } from '../rounds/event.js';
import type { LiveStore } from '../rounds/live.js';
import type { MetricsRecord, OpenRound, Refusals, SavedState, SavedUpdate, Store } from '../rounds/ports.js';
import { Checkpoints } from './checkpoint.js';
import { checkFingerprint, entriesOf, type Fingerprint } from './fingerprint.js';
import { hashFrame } from './hash.js';
import { FolderLock } from './lock.js';
import { type PartRow, type RoundRow, Tables } from './tables.js';

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const INITIAL_HASH = 'initial model';
const FEDERATION = 'federation';

/**
 * How long the first that waits lets others join its transaction. About two syncs of a laptop's disk
 * (2 ms each), less than one of an SD card: a lone update, for which a board trained seconds, leaves
 * hardly later, and a disk that is always busy has at least as long between two syncs.
 */
const GATHER_MS = 4;
/** How long metrics wait for a transaction that somebody needs. */
const METRICS_MS = 1000;

export class FolderStore implements Store, DealStore, LiveStore {
  readonly #folder: string;
  readonly #lock: FolderLock;
  readonly #tables: Tables;
  readonly #checkpoints: Checkpoints;
  #updates: SavedUpdate[] = [];
  #parts: PartRow[] = [];
  readonly #moments = new Map<string, Uint8Array>(); // by device
  readonly #devices = new Map<string, DeviceRecord | undefined>(); // undefined: to be forgotten
  readonly #refusals = new Map<string, Refusals>(); // by device
  readonly #metrics = new Map<string, MetricsRecord>(); // by device and round
  #waiters: Waiter[] = [];
  #metricsFlush: NodeJS.Timeout | undefined;
  #flush: NodeJS.Timeout | undefined;
  #failure: unknown;

  /**
   * Opens a data folder, or makes it.
   * @throws Error when another process has it or it cannot be used, ForeignFolderError when it is of another federation
   */
  constructor(folder: string, fingerprint: Fingerprint) {
    makeFolder(folder);
    this.#folder = folder;
    this.#lock = new FolderLock(folder);
    let tables: Tables | undefined;
    try {
      tables = new Tables(folder);
      this.#tables = tables;
      const found = tables.meta();
      checkFingerprint(folder, found, fingerprint);
      this.#write(() => {
        for (const [name, value] of entriesOf(fingerprint)) {
          if (name !== INITIAL_HASH) this.#tables.putMeta(name, value);
        }
        if (!found.has(FEDERATION)) this.#tables.putMeta(FEDERATION, String(randomBytes(4).readUInt32LE()));
      });
      this.#checkpoints = new Checkpoints(folder);
    } catch (error) {
      tables?.close();
      this.#lock.release();
      throw error;
    }
  }

  load(): SavedState {
    const rounds = this.#tables.rounds();
    const committed = rounds.filter((row) => row.state === 'committed');
    const last = committed.at(-1);
    const next = rounds.filter((row) => row.round === (last?.round ?? 0) + 1);
    const open = next.find((row) => row.state === 'announced' || row.state === 'sealed');
    return {
      federation: Number(this.#tables.meta().get(FEDERATION)),
      devices: this.#tables.devices(),
      committed: committed.map((row) => JSON.parse(row.summary) as RoundSummary),
      model: this.#loadModel(last),
      modelBefore: last && this.#modelBefore(committed.at(-2)),
      optimizer: last && this.#tables.optimizer(),
      open: open && {
        ...termsOf(open),
        isSealed: open.state === 'sealed',
        updates: this.#tables.updates(open.round, open.attempt),
      },
      lastAttempt: next.at(-1)?.attempt ?? 0,
    };
  }

  saveInitialModel(frame: Uint8Array): void {
    this.#checkpoints.write(0, frame);
    this.#write(() => this.#tables.putMeta(INITIAL_HASH, hashFrame(frame)));
  }

  announce(round: OpenRound): void {
    this.#write(() => this.#tables.insertRound(round));
  }

  accept(update: SavedUpdate): Promise<void> {
    this.#updates.push(update);
    return this.#written();
  }

  settled(): Promise<void> {
    const data = this.#parts.length + this.#moments.size;
    const nothingWaits = this.#updates.length + this.#devices.size + data === 0;
    return nothingWaits && this.#failure === undefined ? Promise.resolve() : this.#written();
  }

  seal(round: number, attempt: number): void {
    this.#write(() => this.#tables.setState(round, attempt, 'sealed'));
  }

  commit(summary: RoundSummary, frame: Uint8Array, optimizer: Uint8Array): void {
    const { round } = summary;
    this.#checkpoints.write(round, frame);
    this.#write(() => {
      this.#tables.commitRound(summary, hashFrame(frame));
      this.#tables.putOptimizer(optimizer);
      this.#tables.dropFrames(round);
    });
    this.#checkpoints.prune(round);
  }

  abandon(round: number, attempt: number): void {
    this.#write(() => {
      this.#tables.setState(round, attempt, 'abandoned');
      this.#tables.dropFrames(round);
    });
  }

  saveFinalModel(frame: Uint8Array): void {
    this.#checkpoints.writeFinal(frame);
  }

  saveDevice(record: DeviceRecord): void {
    this.#devices.set(record.device, record);
    this.#flushSoon();
  }

  saveMetrics(record: MetricsRecord): void {
    if (this.#failure !== undefined) return;
    this.#metrics.set(`${record.device} ${record.metrics.round}`, record);
    this.#metricsFlush ??= setTimeout(() => this.#flushSoon(), METRICS_MS);
  }

  saveRefusal(device: string, reason: VerdictKind): void {
    const count = (this.#refusals.get(device)?.count ?? 0) + 1;
    this.#refusals.set(device, { device, count, reason });
    this.#flushSoon();
  }

  forgetDevice(device: string): void {
    this.#devices.set(device, undefined);
    this.#flushSoon();
  }

  loadParts(deal: number): ReadonlyMap<string, number> {
    return new Map(this.#tables.parts(deal).map(({ device, part }) => [device, part]));
  }

  savePart(deal: number, device: string, part: number): Promise<void> {
    this.#parts.push({ deal, device, part });
    return this.#written();
  }

  loadMoments(): ReadonlyMap<string, Uint8Array> {
    return this.#tables.moments();
  }

  saveMoments(device: string, frame: Uint8Array): Promise<void> {
    this.#moments.set(device, frame);
    return this.#written();
  }

  loadWindows(): Uint8Array | undefined {
    return this.#tables.windows();
  }

  saveWindows(frame: Uint8Array): void {
    this.#write(() => this.#tables.insertWindows(frame));
  }

  /** Writes what waits and lets the folder go. Safe to call twice. */
  close(): void {
    if (!this.#tables.isOpen) return;
    try {
      if (this.#failure === undefined) this.#write();
    } finally {
      this.#tables.close();
      this.#lock.release();
    }
  }

  #written(): Promise<void> {
    this.#flushSoon();
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  #flushSoon(): void {
    this.#flush ??= setTimeout(() => {
      try {
        this.#write();
      } catch {
        // the waiters know, and every later call fails with the same error
      }
    }, GATHER_MS);
  }

  /**
   * One transaction: all that waits, then `step`.
   * @throws whatever failed; nothing was written then, and nothing will be from now on
   */
  #write(step: () => void = () => {}): void {
    clearTimeout(this.#flush);
    this.#flush = undefined;
    clearTimeout(this.#metricsFlush);
    this.#metricsFlush = undefined;
    const waiters = this.#waiters;
    this.#waiters = [];
    try {
      if (this.#failure !== undefined) throw this.#failure;
      this.#tables.transaction(() => {
        for (const update of this.#updates) this.#tables.insertUpdate(update);
        for (const part of this.#parts) this.#tables.insertPart(part);
        for (const [device, frame] of this.#moments) this.#tables.putMoments(device, frame);
        for (const record of this.#metrics.values()) this.#tables.putMetrics(record);
        for (const refusals of this.#refusals.values()) this.#tables.addRefusals(refusals);
        for (const [device, record] of this.#devices) {
          if (record === undefined) this.#tables.deleteDevice(device);
          else this.#tables.putDevice(record);
        }
        step();
      });
    } catch (error) {
      this.#failure ??= new Error(`cannot write to data folder ${this.#folder}: ${(error as Error).message}`);
      for (const { reject } of waiters) reject(this.#failure);
      throw this.#failure;
    }
    this.#updates = [];
    this.#parts = [];
    this.#moments.clear();
    this.#metrics.clear();
    this.#refusals.clear();
    this.#devices.clear();
    for (const { resolve } of waiters) resolve();
  }

  /** @throws Error when the checkpoint is missing or not the one that was committed */
  #loadModel(last: RoundRow | undefined): Uint8Array | undefined {
    const expected = this.#hashOf(last);
    if (expected === undefined) return undefined; // a new folder
    const round = last?.round ?? 0;
    const path = this.#checkpoints.path(round);
    let frame: Uint8Array;
    try {
      frame = this.#checkpoints.read(round);
    } catch (error) {
      throw new Error(
        `checkpoint ${path}: ${(error as Error).message}, expected the model of round ${round}`,
      );
    }
    const found = hashFrame(frame);
    if (found !== expected) throw new Error(`checkpoint ${path}: hash ${found}, expected ${expected}`);
    return frame;
  }

  /** It only saves bytes on the way down: a federation goes on without it. */
  #modelBefore(row: RoundRow | undefined): Uint8Array | undefined {
    const round = row?.round ?? 0;
    if (!existsSync(this.#checkpoints.path(round))) return undefined;
    const frame = this.#checkpoints.read(round);
    return hashFrame(frame) === this.#hashOf(row) ? frame : undefined;
  }

  /** Of the model that a round gave, or of the initial one. */
  #hashOf(row: RoundRow | undefined): string | undefined {
    return row?.hash ?? this.#tables.meta().get(INITIAL_HASH);
  }
}

function termsOf({ state, summary, hash, ...terms }: RoundRow): OpenRound {
  return terms;
}

/** Makes the last folder of the path only: a mistyped path must not become a tree of folders. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    if (existsSync(folder) && statSync(folder).isDirectory()) return;
    const { code } = error as NodeJS.ErrnoException;
    const reason =
      code === 'EEXIST' ? 'a file' : code === 'ENOENT' ? 'in a folder that does not exist' : code;
    throw new Error(`data folder ${folder}: ${reason}, expected a folder or a place for one`, {
      cause: error,
    });
  }
}
