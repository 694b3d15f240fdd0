/**
 * `npm run bench:aggregation`: how fast a broker takes in updates, on one core: everything that it does
 * with the bytes of an accepted update but MQTT and disk (checksum, head, verdict, positions, sums).
 * @module
 */
import { Command } from 'commander';
import { Collection } from '../../broker/rounds/collection.js';
import type { OpenRound } from '../../broker/rounds/ports.js';
import type { ValueBits } from '../../shared/model/delta.js';
import type { MergeChoice, PositionChoice } from '../../shared/model/method.js';
import { encodePlan } from '../../shared/protocol/plan.js';
import { runCommand } from '../cli/entry.js';
import { best, timeRuns } from './measure.js';
import { Memory } from './memory.js';
import { type BenchRound, benchRound, benchUpdates, type MaskChoice, type Sent } from './round.js';
import { machineLine, runsLine, tableLines } from './sheet.js';

const BOARDS = 1000;
const RUNS = 20;

interface Case {
  readonly masks: MaskChoice;
  readonly merge: MergeChoice;
  readonly valueBits: ValueBits;
  readonly positions?: PositionChoice;
}

const CASES: readonly Case[] = [
  { masks: 'anywhere', merge: 'senders', valueBits: 16 },
  { masks: 'anywhere', merge: 'cohort', valueBits: 16 },
  { masks: 'near the base', merge: 'senders', valueBits: 16 },
  { masks: 'near the base', merge: 'cohort', valueBits: 16 },
  { masks: 'in rows and columns', merge: 'senders', valueBits: 16 },
  { masks: 'in rows and columns', merge: 'senders', valueBits: 16, positions: 'grid' },
  { masks: 'anywhere', merge: 'senders', valueBits: 8 },
  { masks: 'anywhere', merge: 'senders', valueBits: 4 },
];

await runCommand(
  new Command('bench:aggregation')
    .description('time how fast a broker takes in updates, on one core')
    .action(run),
);

async function run(): Promise<void> {
  const { weightCount } = benchRound().model.head.layout;
  console.log(`Aggregation of ${BOARDS} updates of a model of ${weightCount} weights at density 0.05`);
  console.log(`${machineLine()}; one thread, best of ${RUNS} runs\n`);

  const memoryRows = [await memoryRow(100), await memoryRow(BOARDS)];
  console.log(tableLines(['updates', 'KB held by the round'], memoryRows).join('\n'));

  const results = CASES.map(speed);
  const header = ['updates', 'B each', 'ms', 'CPU ms', 'M non-zeros/s', 'G dense/s'];
  console.log(
    `\n${tableLines(
      header,
      results.map(({ row }) => row),
    ).join('\n')}`,
  );
  for (const unit of ['ms', 'cpuMs'] as const) {
    console.log(`\n${unit === 'ms' ? 'ms' : 'CPU ms'} of every run, a line for each of the table`);
    for (const result of results) console.log(runsLine(result[unit]));
  }
}

function termsOf({ plan }: BenchRound, boards: number): OpenRound {
  return {
    ...{ round: plan.round, attempt: plan.attempt, cohort: boards, goal: boards, minimum: 1, announcedMs: 0 },
    planFrame: encodePlan(plan),
  };
}

/** @throws Error when an update is not accepted: the figure would be of something else */
function collect(terms: OpenRound, { model }: BenchRound, updates: readonly Sent[]): Collection {
  const collection = new Collection(terms, model);
  for (const { device, frame } of updates) {
    const { kind } = collection.judge(device, frame);
    if (kind !== 'accepted') throw new Error(`update of ${device} ${kind}, expected accepted`);
  }
  return collection;
}

/** Memory that a round holds after so many updates: its sums, which do not grow, and the names of boards. */
async function memoryRow(boards: number): Promise<string[]> {
  const memory = new Memory();
  const round = benchRound();
  const updates = benchUpdates(round, boards, 'anywhere');
  const terms = termsOf(round, boards);
  const before = await memory.held();
  const collection = collect(terms, round, updates);
  const held = (await memory.held()) - before;
  return [String(collection.round.reported), (held / 1000).toFixed(0)];
}

interface Speed {
  readonly row: string[];
  readonly ms: readonly number[];
  readonly cpuMs: readonly number[];
}

function speed({ masks, merge, valueBits, positions = 'lists' }: Case): Speed {
  const round = benchRound({ merge, valueBits, positions });
  const updates = benchUpdates(round, BOARDS, masks);
  const terms = termsOf(round, BOARDS);
  const timings = timeRuns(RUNS, () => collect(terms, round, updates));
  const ms = timings.map((timing) => timing.ms);
  const cpuMs = timings.map((timing) => timing.cpuMs);
  const perSecond = (1000 * BOARDS) / best(ms);
  const sent = round.plan.layers.reduce((sum, layer) => sum + layer.sent, 0);
  const bytes = updates.reduce((sum, { frame }) => sum + frame.length, 0) / BOARDS;
  const row = [
    `masks ${masks}, mean over ${merge}, ${valueBits} bits${positions === 'grid' ? ', grid' : ''}`,
    bytes.toFixed(0),
    best(ms).toFixed(1),
    best(cpuMs).toFixed(1),
    ((perSecond * sent) / 1e6).toFixed(1),
    ((perSecond * round.model.head.layout.weightCount) / 1e9).toFixed(2),
  ];
  return { row, ms, cpuMs };
}
