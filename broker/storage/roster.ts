/**
 * What a data folder tells of its devices, for people: it is read beside a broker that runs, or
 * without one, and nothing is written.
 * @module
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import type { Metrics } from '../../shared/protocol/metrics.js';
import type { VerdictKind } from '../../shared/protocol/verdict.js';
import type { DeviceRecord } from '../rounds/clients.js';
import { SCHEMA_VERSION } from './fingerprint.js';

type Connection = InstanceType<typeof Database>;

export interface RosterRow
  extends Pick<DeviceRecord, 'device' | 'state' | 'seenMs' | 'reports' | 'failures'> {
  readonly refused: number; // updates
  readonly reason?: VerdictKind; // of the last refusal
  readonly metrics?: Metrics; // of its newest round, none before the first
}

/** The broker may be mending what a killed one left. */
const PATIENCE_MS = 5000;

const METRICS = `round, attempt, train_ms AS trainMs, slices, longest_slice_ms AS longestSliceMs, macs,
  bytes_up AS bytesUp, bytes_down AS bytesDown, reconnects, free_bytes AS freeBytes,
  heap_bytes AS heapBytes, chunk_bytes AS chunkBytes, slots, millijoules, rssi, reset`;

/** Devices by name. @throws RangeError in one line for what is no data folder of this version */
export function readRoster(folder: string): RosterRow[] {
  return reading(folder, (database) => {
    const devices = database
      .prepare('SELECT device, state, seen_ms AS seenMs, reports, failures FROM devices ORDER BY device')
      .all([]) as DeviceRecord[];
    const refusals = rowsOf<{ count: number; reason: VerdictKind }>(
      database,
      'refusals',
      'SELECT device, count, reason FROM refusals',
    );
    const metrics = rowsOf<Metrics>(
      database,
      'metrics',
      `SELECT device, ${METRICS} FROM metrics AS m
       WHERE round = (SELECT max(round) FROM metrics WHERE device = m.device)`,
    );
    return devices.map((record) => {
      const { count: refused = 0, reason } = refusals.get(record.device) ?? {};
      return { ...record, refused, reason, metrics: metrics.get(record.device) };
    });
  });
}

/** What the last rounds cost one device, ascending. @throws RangeError as readRoster does */
export function readMetrics(folder: string, device: string): Metrics[] {
  return reading(folder, (database) => {
    if (!hasTable(database, 'metrics')) return [];
    return database
      .prepare(`SELECT ${METRICS} FROM metrics WHERE device = ? ORDER BY round`)
      .all([device]) as Metrics[];
  });
}

/** One transaction, so that all tables are of one moment. */
function reading<T>(folder: string, read: (database: Connection) => T): T {
  const path = join(folder, 'sparrow.db');
  // libsql would make the file, whatever it is told
  if (!existsSync(path)) throw foreign(folder);
  let database: Connection | undefined;
  try {
    database = new Database(path);
    database.exec(`PRAGMA busy_timeout = ${PATIENCE_MS}; PRAGMA query_only = ON; BEGIN`);
    checkSchema(folder, database);
    return read(database);
  } catch (error) {
    if (error instanceof RangeError) throw error;
    const { code, message } = error as { readonly code?: string; readonly message: string };
    if (code === 'SQLITE_NOTADB') throw foreign(folder);
    throw new Error(`folder ${folder}: ${message}, expected the data folder of a broker`, { cause: error });
  } finally {
    if (database?.inTransaction === true) database.exec('ROLLBACK');
    database?.close();
  }
}

function checkSchema(folder: string, database: Connection): void {
  if (!hasTable(database, 'meta')) throw foreign(folder);
  const row = database.prepare("SELECT value FROM meta WHERE name = 'schema'").get([]) as
    | { readonly value: string }
    | undefined;
  if (row === undefined) throw foreign(folder);
  if (row.value !== SCHEMA_VERSION) {
    throw new RangeError(`folder ${folder}: schema ${row.value}, expected ${SCHEMA_VERSION}`);
  }
}

/** By device; none in a folder that no broker has opened since there are such tables. */
function rowsOf<T extends object>(database: Connection, table: string, sql: string): Map<string, T> {
  if (!hasTable(database, table)) return new Map();
  const rows = database.prepare(sql).all([]) as ({ readonly device: string } & T)[];
  return new Map(rows.map(({ device, ...row }) => [device, row as T]));
}

function hasTable(database: Connection, name: string): boolean {
  const found = database.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get([name]);
  return found !== undefined && found !== null;
}

function foreign(folder: string): RangeError {
  return new RangeError(`folder ${folder}, expected the data folder of a broker`);
}
