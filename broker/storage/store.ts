/**
 * The state of one federation in one data folder: an SQLite database (WAL, full sync) and the
 * checkpoints. It writes what the coordinator decided and decides nothing itself.
 *
 * Updates of one turn of the event loop share one transaction, so that a thousand boards that
 * report at once cost a few syncs; their promises resolve after it. Every other call writes what
 * waits in the same transaction as its own, so the order on disk is the order of the calls.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import type { DeviceRecord } from '../rounds/clients.js';
import type { RoundSummary } from '../rounds/event.js';
import type { OpenRound, SavedState, SavedUpdate, Store } from '../rounds/ports.js';
import { Checkpoints } from './checkpoint.js';
import { checkFingerprint, entriesOf, type Fingerprint } from './fingerprint.js';
import { hashFrame } from './hash.js';
import { FolderLock } from './lock.js';
import { SCHEMA } from './schema.js';

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface RoundRow extends Omit<OpenRound, 'planFrame'> {
  readonly state: 'announced' | 'sealed' | 'committed' | 'abandoned';
  readonly plan: ArrayBuffer;
  readonly summary: string;
  readonly hash: string;
}

const INITIAL_HASH = 'initial model';
const FEDERATION = 'federation';

export class FolderStore implements Store {
  readonly #folder: string;
  readonly #lock: FolderLock;
  readonly #database: InstanceType<typeof Database>;
  readonly #checkpoints: Checkpoints;
  readonly #insertUpdate: Database.Statement;
  readonly #putDevice: Database.Statement;
  #updates: SavedUpdate[] = [];
  readonly #devices = new Map<string, DeviceRecord>();
  #waiters: Waiter[] = [];
  #flush: NodeJS.Immediate | undefined;
  #failure: unknown;

  /**
   * Opens a data folder, or makes it.
   * @throws Error when another process has it, when it is of another federation or cannot be used
   */
  constructor(folder: string, fingerprint: Fingerprint) {
    mkdirSync(folder, { recursive: true });
    this.#folder = folder;
    this.#lock = new FolderLock(folder);
    this.#database = new Database(join(folder, 'sparrow.db'));
    try {
      this.#database.exec(
        'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;',
      );
      this.#database.exec(SCHEMA);
      checkFingerprint(folder, this.#meta(), fingerprint);
      this.#write(() => {
        for (const [name, value] of entriesOf(fingerprint)) {
          if (name !== INITIAL_HASH) this.#putMeta(name, value);
        }
        if (!this.#meta().has(FEDERATION)) this.#putMeta(FEDERATION, String(randomBytes(4).readUInt32LE()));
      });
      this.#checkpoints = new Checkpoints(folder);
      this.#insertUpdate = this.#database.prepare(
        'INSERT OR IGNORE INTO updates (round, attempt, device, length, frame) VALUES (?, ?, ?, ?, ?)',
      );
      this.#putDevice = this.#database.prepare(
        `INSERT OR REPLACE INTO devices
         (device, state, board, firmware, examples, model_hash, free_bytes, seen_ms, reports, failures)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      );
    } catch (error) {
      this.#database.close();
      this.#lock.release();
      throw error;
    }
  }

  load(): SavedState {
    const rounds = this.#rounds();
    const committed = rounds.filter((row) => row.state === 'committed');
    const last = committed.at(-1);
    const next = rounds.filter((row) => row.round === (last?.round ?? 0) + 1);
    const open = next.find((row) => row.state === 'announced' || row.state === 'sealed');
    return {
      federation: Number(this.#meta().get(FEDERATION)),
      devices: this.#loadDevices(),
      committed: committed.map((row) => JSON.parse(row.summary) as RoundSummary),
      model: this.#loadModel(last),
      open: open && {
        ...termsOf(open),
        isSealed: open.state === 'sealed',
        updates: this.#loadUpdates(open.round, open.attempt),
      },
      lastAttempt: next.at(-1)?.attempt ?? 0,
    };
  }

  saveInitialModel(frame: Uint8Array): void {
    this.#checkpoints.write(0, frame);
    this.#write(() => this.#putMeta(INITIAL_HASH, hashFrame(frame)));
  }

  announce({ round, attempt, cohort, goal, minimum, planFrame }: OpenRound): void {
    this.#write(() =>
      this.#run(
        `INSERT INTO rounds (round, attempt, state, cohort, goal, minimum, plan, summary, hash)
         VALUES (?, ?, 'announced', ?, ?, ?, ?, '', '')`,
        [round, attempt, cohort, goal, minimum, planFrame],
      ),
    );
  }

  accept(update: SavedUpdate): Promise<void> {
    this.#updates.push(update);
    return this.#written();
  }

  settled(): Promise<void> {
    const nothingWaits = this.#updates.length === 0 && this.#devices.size === 0;
    return nothingWaits && this.#failure === undefined ? Promise.resolve() : this.#written();
  }

  seal(round: number, attempt: number): void {
    this.#write(() => this.#setState(round, attempt, 'sealed'));
  }

  commit(summary: RoundSummary, frame: Uint8Array): void {
    const { round, attempt } = summary;
    this.#checkpoints.write(round, frame);
    this.#write(() => {
      this.#run(
        `UPDATE rounds SET state = 'committed', summary = ?, hash = ? WHERE round = ? AND attempt = ?`,
        [JSON.stringify(summary), hashFrame(frame), round, attempt],
      );
      this.#dropFrames(round);
    });
    this.#checkpoints.prune(round);
  }

  abandon(round: number, attempt: number): void {
    this.#write(() => {
      this.#setState(round, attempt, 'abandoned');
      this.#dropFrames(round);
    });
  }

  saveFinalModel(frame: Uint8Array): void {
    this.#checkpoints.writeFinal(frame);
  }

  saveDevice(record: DeviceRecord): void {
    this.#devices.set(record.device, record);
    this.#flushSoon();
  }

  /** Writes what waits and lets the folder go. Safe to call twice. */
  close(): void {
    if (!this.#database.open) return;
    try {
      if (this.#failure === undefined) this.#write();
    } finally {
      // Statements keep libsql's connection alive after close(), so the log is emptied here.
      this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      this.#database.close();
      this.#lock.release();
    }
  }

  // Writing

  #written(): Promise<void> {
    this.#flushSoon();
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  #flushSoon(): void {
    this.#flush ??= setImmediate(() => {
      try {
        this.#write();
      } catch {
        // the waiters know, and every later call fails with the same error
      }
    });
  }

  /**
   * One transaction: all that waits, then `step`.
   * @throws whatever failed; nothing was written then, and nothing will be from now on
   */
  #write(step: () => void = () => {}): void {
    clearImmediate(this.#flush);
    this.#flush = undefined;
    const waiters = this.#waiters;
    this.#waiters = [];
    try {
      if (this.#failure !== undefined) throw this.#failure;
      this.#database.transaction(() => {
        this.#writeWaiting();
        step();
      })();
    } catch (error) {
      this.#failure ??= new Error(`cannot write to data folder ${this.#folder}: ${(error as Error).message}`);
      for (const { reject } of waiters) reject(this.#failure);
      throw this.#failure;
    }
    this.#updates = [];
    this.#devices.clear();
    for (const { resolve } of waiters) resolve();
  }

  #writeWaiting(): void {
    for (const { round, attempt, device, frame } of this.#updates) {
      this.#insertUpdate.run([round, attempt, device, frame.length, frame]);
    }
    for (const record of this.#devices.values()) {
      const { device, state, board, firmware, examples, modelHash, freeBytes, seenMs, reports, failures } =
        record;
      this.#putDevice.run([
        device,
        state,
        board,
        firmware,
        examples,
        modelHash,
        freeBytes,
        seenMs,
        reports,
        failures,
      ]);
    }
  }

  #setState(round: number, attempt: number, state: RoundRow['state']): void {
    this.#run('UPDATE rounds SET state = ? WHERE round = ? AND attempt = ?', [state, round, attempt]);
  }

  /** The frames of a round that is decided are of no more use; who sent them is. */
  #dropFrames(round: number): void {
    this.#run('UPDATE updates SET frame = NULL WHERE round = ?', [round]);
  }

  #putMeta(name: string, value: string): void {
    this.#run('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)', [name, value]);
  }

  #run(sql: string, values: readonly unknown[]): void {
    this.#database.prepare(sql).run([...values]);
  }

  // Reading

  #meta(): Map<string, string> {
    const rows = this.#all('SELECT name, value FROM meta') as { name: string; value: string }[];
    return new Map(rows.map(({ name, value }) => [name, value]));
  }

  #rounds(): RoundRow[] {
    return this.#all('SELECT * FROM rounds ORDER BY round, attempt') as RoundRow[];
  }

  #loadUpdates(round: number, attempt: number): SavedUpdate[] {
    const rows = this.#all(
      'SELECT device, frame FROM updates WHERE round = ? AND attempt = ? ORDER BY device',
      [round, attempt],
    ) as { device: string; frame: ArrayBuffer }[];
    return rows.map(({ device, frame }) => ({ device, round, attempt, frame: new Uint8Array(frame) }));
  }

  #loadDevices(): DeviceRecord[] {
    return this.#all(
      `SELECT device, state, board, firmware, examples, model_hash AS modelHash, free_bytes AS freeBytes,
              seen_ms AS seenMs, reports, failures FROM devices ORDER BY device`,
    ) as DeviceRecord[];
  }

  /** @throws Error when the checkpoint is missing or not the one that was committed */
  #loadModel(last: RoundRow | undefined): Uint8Array | undefined {
    const expected = last?.hash ?? this.#meta().get(INITIAL_HASH);
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

  #all(sql: string, values: readonly unknown[] = []): unknown[] {
    return this.#database.prepare(sql).all([...values]);
  }
}

function termsOf({ round, attempt, cohort, goal, minimum, plan }: RoundRow): OpenRound {
  return { round, attempt, cohort, goal, minimum, planFrame: new Uint8Array(plan) };
}
