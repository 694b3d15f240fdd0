/**
 * The tables of `sparrow.db`.
 *
 * meta     whose folder this is, see fingerprint.ts; `federation`, drawn when the folder was made
 * devices  one row per board ever seen: what it last said of itself, how it did
 * rounds   one row per attempt: announced → sealed → committed, or announced → abandoned
 * updates  accepted updates; the frame is dropped once its round is decided
 * parts    whose part of a deal of examples is whose, for ever
 * metrics  what its last rounds cost each device, see METRICS_KEPT
 * refusals how many updates of a device were refused, and why the last one
 * moments  the last sums of each device's sensor; those that made the normalisation
 * windows  one row at most: the windows frame with its normalisation
 * optimizer one row at most: the state of the server's optimizer after the last committed round
 * @module
 */
export const SCHEMA = `
CREATE TABLE IF NOT EXISTS meta (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS devices (
  device TEXT PRIMARY KEY,
  state TEXT NOT NULL,
  board TEXT NOT NULL,
  firmware INTEGER NOT NULL,
  examples INTEGER NOT NULL,
  model_hash TEXT NOT NULL,
  free_bytes INTEGER NOT NULL,
  seen_ms INTEGER NOT NULL,
  reports INTEGER NOT NULL,
  failures INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS rounds (
  round INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  state TEXT NOT NULL,
  cohort INTEGER NOT NULL,
  goal INTEGER NOT NULL,
  minimum INTEGER NOT NULL,
  announced_ms INTEGER NOT NULL,
  plan BLOB NOT NULL,
  summary TEXT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (round, attempt)
);
CREATE TABLE IF NOT EXISTS updates (
  round INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  device TEXT NOT NULL,
  length INTEGER NOT NULL,
  frame BLOB,
  PRIMARY KEY (round, attempt, device)
);
CREATE TABLE IF NOT EXISTS parts (
  deal INTEGER NOT NULL,
  device TEXT NOT NULL,
  part INTEGER NOT NULL,
  PRIMARY KEY (deal, device),
  UNIQUE (deal, part)
);
CREATE TABLE IF NOT EXISTS metrics (
  device TEXT NOT NULL,
  round INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  seen_ms INTEGER NOT NULL,
  train_ms INTEGER NOT NULL,
  slices INTEGER NOT NULL,
  longest_slice_ms INTEGER NOT NULL,
  macs INTEGER NOT NULL,
  bytes_up INTEGER NOT NULL,
  bytes_down INTEGER NOT NULL,
  reconnects INTEGER NOT NULL,
  free_bytes INTEGER NOT NULL,
  heap_bytes INTEGER NOT NULL,
  chunk_bytes INTEGER NOT NULL,
  slots INTEGER NOT NULL,
  millijoules INTEGER NOT NULL,
  rssi INTEGER NOT NULL,
  reset TEXT NOT NULL,
  PRIMARY KEY (device, round)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS refusals (
  device TEXT PRIMARY KEY,
  count INTEGER NOT NULL,
  reason TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS moments (
  device TEXT PRIMARY KEY,
  frame BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS windows (
  frame BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS optimizer (
  state BLOB NOT NULL
);
`;

/**
 * Rounds of which a device's metrics are kept: its newest. With one row for each, the table never has
 * more than so many times the registered devices, whatever boards send.
 */
export const METRICS_KEPT = 32;
