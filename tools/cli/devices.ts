/**
 * `sparrow devices`: the boards of a data folder, a line each, while its broker runs or when it does not.
 * @module
 */
import { Command } from 'commander';
import { type RosterRow, readMetrics, readRoster } from '../../broker/storage/roster.js';
import { isDeviceName } from '../../shared/protocol/device.js';
import type { Metrics } from '../../shared/protocol/metrics.js';
import { bytes } from './report.js';

interface DevicesOptions {
  readonly folder: string;
  readonly device?: string;
}

type Column<T> = readonly [title: string, of: (row: T) => string];

const UNKNOWN = '-';

const COST: readonly Column<Metrics>[] = [
  ['round', ({ round }) => String(round)],
  ['training', ({ trainMs }) => `${(trainMs / 1000).toFixed(2)} s`],
  ['longest slice', ({ longestSliceMs }) => `${longestSliceMs} ms`],
  ['heap', ({ heapBytes }) => told(heapBytes, bytes)],
  ['energy', ({ millijoules }) => told(millijoules, (count) => `${(count / 1000).toFixed(2)} J`)],
  ['rssi', ({ rssi }) => told(rssi, (level) => `${level} dBm`)],
  ['reset', ({ reset }) => (reset === 'unknown' ? UNKNOWN : reset)],
];

const MORE: readonly Column<Metrics>[] = [
  ['free', ({ freeBytes }) => told(freeBytes, bytes)],
  ['chunks', ({ chunkBytes }) => told(chunkBytes, bytes)],
  ['slots', ({ slots }) => told(slots, String)],
  ['up', ({ bytesUp }) => bytes(bytesUp)],
  ['down', ({ bytesDown }) => bytes(bytesDown)],
  ['reconnects', ({ reconnects }) => String(reconnects)],
];

export function devicesCommand(): Command {
  return new Command('devices')
    .description('list the boards of a data folder: last seen, updates, and what their last round cost')
    .option('--folder <path>', 'data folder of the broker', 'sparrow-data')
    .option('--device <name>', 'the last rounds of this board in place of the list')
    .action(run);
}

function run({ folder, device }: DevicesOptions): void {
  if (device !== undefined && !isDeviceName(device)) {
    throw new RangeError(`device "${device}", expected 1 to 23 of a-z, 0-9 and -`);
  }
  const rows = readRoster(folder);
  if (device === undefined) {
    const lines = rows.length === 0 ? ['no device so far'] : table(rows, columns(Date.now()));
    for (const line of lines) console.log(line);
    return;
  }
  if (!rows.some((row) => row.device === device)) {
    throw new RangeError(`device ${device}, expected one that has joined the broker of ${folder}`);
  }
  const rounds = readMetrics(folder, device);
  const lines = rounds.length === 0 ? ['no metrics so far'] : table(rounds, [...COST, ...MORE]);
  for (const line of lines) console.log(line);
}

function columns(nowMs: number): Column<RosterRow>[] {
  return [
    ['device', ({ device }) => device],
    ['state', ({ state }) => state],
    ['seen', ({ seenMs }) => `${age(nowMs - seenMs)} ago`],
    ['accepted', ({ reports }) => String(reports)],
    ['refused', ({ refused, reason }) => (reason === undefined ? String(refused) : `${refused} (${reason})`)],
    ['missed', ({ failures }) => String(failures)],
    ...COST.map(
      ([title, of]): Column<RosterRow> => [title, ({ metrics }) => (metrics ? of(metrics) : UNKNOWN)],
    ),
  ];
}

/** A header and a line per row: the first column to the left, the others to the right. */
function table<T>(rows: readonly T[], of: readonly Column<T>[]): string[] {
  const cells = [of.map(([title]) => title), ...rows.map((row) => of.map(([, cell]) => cell(row)))];
  const widths = of.map((_, i) => cells.reduce((most, line) => Math.max(most, line[i].length), 0));
  return cells.map((line) =>
    line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  '),
  );
}

/** What a board could not tell is 0. */
function told(value: number, format: (value: number) => string): string {
  return value === 0 ? UNKNOWN : format(value);
}

/** @param ms negative when the clock of the machine was set back */
function age(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}
