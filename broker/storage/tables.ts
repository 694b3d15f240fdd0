/**
 * `sparrow.db`: what is read from its tables and written to them, in SQL. It knows nothing of when,
 * nor of the order in which things must become durable.
 * @module
 */
import { join } from 'node:path';
import Database from 'libsql';
import type { DeviceRecord } from '../rounds/clients.js';
import type { RoundSummary } from '../rounds/event.js';
import type { MetricsRecord, OpenRound, Refusals, SavedUpdate } from '../rounds/ports.js';
import { METRICS_KEPT, SCHEMA } from './schema.js';

export type RoundState = 'announced' | 'sealed' | 'committed' | 'abandoned';

export interface RoundRow extends OpenRound {
  readonly state: RoundState;
  readonly summary: string; // JSON once committed
  readonly hash: string; // of the model that it gave, once committed
}

export interface PartRow {
  readonly deal: number;
  readonly device: string;
  readonly part: number;
}

export class Tables {
  readonly #database: InstanceType<typeof Database>;
  readonly #insertUpdate: Database.Statement;
  readonly #putDevice: Database.Statement;
  readonly #putMetrics: Database.Statement;
  readonly #dropMetrics: Database.Statement;

  /** Opens the database of a folder, or makes it. WAL and full sync: a transaction is durable when it returns. */
  constructor(folder: string) {
    this.#database = new Database(join(folder, 'sparrow.db'));
    try {
      // The wait comes first: another program may be reading, or be mending what a killed broker left.
      this.#database.exec(
        'PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;',
      );
      this.#database.exec(SCHEMA);
      this.#insertUpdate = this.#database.prepare(
        'INSERT OR IGNORE INTO updates (round, attempt, device, length, frame) VALUES (?, ?, ?, ?, ?)',
      );
      this.#putDevice = this.#database.prepare(
        `INSERT OR REPLACE INTO devices
         (device, state, board, firmware, examples, model_hash, free_bytes, seen_ms, reports, failures)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      );
      this.#putMetrics = this.#database.prepare(
        `INSERT OR REPLACE INTO metrics
         (device, round, attempt, seen_ms, train_ms, slices, longest_slice_ms, macs, bytes_up, bytes_down,
          reconnects, free_bytes, heap_bytes, chunk_bytes, slots, millijoules, rssi, reset)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      );
      this.#dropMetrics = this.#database.prepare(
        `DELETE FROM metrics WHERE device = ? AND round <
         (SELECT round FROM metrics WHERE device = ? ORDER BY round DESC LIMIT 1 OFFSET ?)`,
      );
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  get isOpen(): boolean {
    return this.#database.open;
  }

  /** All of `write`, or nothing when it throws. */
  transaction(write: () => void): void {
    this.#database.transaction(write)();
  }

  close(): void {
    // Statements keep libsql's connection alive after close(), so the log is emptied here.
    this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    this.#database.close();
  }

  // Writing, in a transaction

  putMeta(name: string, value: string): void {
    this.#run('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)', [name, value]);
  }

  putDevice(record: DeviceRecord): void {
    const { device, state, board, firmware, examples, modelHash, freeBytes, seenMs, reports, failures } =
      record;
    const values = [
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
    ];
    this.#putDevice.run(values);
  }

  /** With its metrics and refusals: nothing grows with the names that strangers invent. */
  deleteDevice(device: string): void {
    for (const table of ['devices', 'metrics', 'refusals']) {
      this.#run(`DELETE FROM ${table} WHERE device = ?`, [device]);
    }
  }

  /** The last frame of a round counts; the oldest round goes when there are more than METRICS_KEPT. */
  putMetrics({ device, seenMs, metrics }: MetricsRecord): void {
    const { round, attempt, trainMs, slices, longestSliceMs, macs, bytesUp, bytesDown } = metrics;
    const { reconnects, freeBytes, heapBytes, chunkBytes, slots, millijoules, rssi, reset } = metrics;
    const training = [trainMs, slices, longestSliceMs, macs, bytesUp, bytesDown];
    const vitals = [reconnects, freeBytes, heapBytes, chunkBytes, slots, millijoules, rssi, reset];
    this.#putMetrics.run([device, round, attempt, seenMs, ...training, ...vitals]);
    this.#dropMetrics.run([device, device, METRICS_KEPT - 1]);
  }

  addRefusals({ device, count, reason }: Refusals): void {
    this.#run(
      `INSERT INTO refusals (device, count, reason) VALUES (?, ?, ?)
       ON CONFLICT (device) DO UPDATE SET count = count + excluded.count, reason = excluded.reason`,
      [device, count, reason],
    );
  }

  insertUpdate({ round, attempt, device, frame }: SavedUpdate): void {
    this.#insertUpdate.run([round, attempt, device, frame.length, frame]);
  }

  insertRound({ round, attempt, cohort, goal, minimum, announcedMs, planFrame }: OpenRound): void {
    this.#run(
      `INSERT INTO rounds (round, attempt, state, cohort, goal, minimum, announced_ms, plan, summary, hash)
       VALUES (?, ?, 'announced', ?, ?, ?, ?, ?, '', '')`,
      [round, attempt, cohort, goal, minimum, announcedMs, planFrame],
    );
  }

  setState(round: number, attempt: number, state: RoundState): void {
    this.#run('UPDATE rounds SET state = ? WHERE round = ? AND attempt = ?', [state, round, attempt]);
  }

  commitRound(summary: RoundSummary, hash: string): void {
    const { round, attempt } = summary;
    this.#run(
      `UPDATE rounds SET state = 'committed', summary = ?, hash = ? WHERE round = ? AND attempt = ?`,
      [JSON.stringify(summary), hash, round, attempt],
    );
  }

  /** Only the last state is of use: it belongs to the last committed model. */
  putOptimizer(state: Uint8Array): void {
    this.#run('DELETE FROM optimizer', []);
    if (state.length > 0) this.#run('INSERT INTO optimizer (state) VALUES (?)', [state]);
  }

  /** The frames of a round that is decided are of no more use; who sent them is. */
  dropFrames(round: number): void {
    this.#run('UPDATE updates SET frame = NULL WHERE round = ?', [round]);
  }

  insertPart({ deal, device, part }: PartRow): void {
    this.#run('INSERT INTO parts (deal, device, part) VALUES (?, ?, ?)', [deal, device, part]);
  }

  putMoments(device: string, frame: Uint8Array): void {
    this.#run('INSERT OR REPLACE INTO moments (device, frame) VALUES (?, ?)', [device, frame]);
  }

  insertWindows(frame: Uint8Array): void {
    this.#run('INSERT INTO windows (frame) VALUES (?)', [frame]);
  }

  // Reading

  meta(): Map<string, string> {
    const rows = this.#all('SELECT name, value FROM meta') as { name: string; value: string }[];
    return new Map(rows.map(({ name, value }) => [name, value]));
  }

  optimizer(): Uint8Array | undefined {
    const [row] = this.#all('SELECT state FROM optimizer') as { state: ArrayBuffer }[];
    return row && new Uint8Array(row.state);
  }

  /** By round and attempt, ascending. */
  rounds(): RoundRow[] {
    const rows = this.#all(
      `SELECT round, attempt, state, cohort, goal, minimum, announced_ms AS announcedMs, plan AS planFrame,
              summary, hash FROM rounds ORDER BY round, attempt`,
    ) as (RoundRow & { readonly planFrame: ArrayBuffer })[];
    return rows.map((row) => ({ ...row, planFrame: new Uint8Array(row.planFrame) }));
  }

  updates(round: number, attempt: number): SavedUpdate[] {
    const rows = this.#all(
      'SELECT device, frame FROM updates WHERE round = ? AND attempt = ? ORDER BY device',
      [round, attempt],
    ) as { device: string; frame: ArrayBuffer }[];
    return rows.map(({ device, frame }) => ({ device, round, attempt, frame: new Uint8Array(frame) }));
  }

  devices(): DeviceRecord[] {
    return this.#all(
      `SELECT device, state, board, firmware, examples, model_hash AS modelHash, free_bytes AS freeBytes,
              seen_ms AS seenMs, reports, failures FROM devices ORDER BY device`,
    ) as DeviceRecord[];
  }

  moments(): Map<string, Uint8Array> {
    const rows = this.#all('SELECT device, frame FROM moments ORDER BY device') as {
      device: string;
      frame: ArrayBuffer;
    }[];
    return new Map(rows.map(({ device, frame }) => [device, new Uint8Array(frame)]));
  }

  windows(): Uint8Array | undefined {
    const [row] = this.#all('SELECT frame FROM windows') as { frame: ArrayBuffer }[];
    return row && new Uint8Array(row.frame);
  }

  parts(deal: number): PartRow[] {
    return this.#all('SELECT deal, device, part FROM parts WHERE deal = ?', [deal]) as PartRow[];
  }

  #run(sql: string, values: readonly unknown[]): void {
    this.#database.prepare(sql).run([...values]);
  }

  #all(sql: string, values: readonly unknown[] = []): unknown[] {
    return this.#database.prepare(sql).all([...values]);
  }
}
