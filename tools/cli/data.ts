/**
 * `sparrow data`: converts a source to the folder of `.fld` files that every other command reads.
 * @module
 */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { ExampleSet } from '../../shared/data/example-set.js';
import { shuffled } from '../../shared/data/partition.js';
import { Random } from '../../shared/fixed/random.js';
import { CATALOGUE } from '../datasets/catalogue.js';
import { formatFld } from '../datasets/fld.js';
import { pick } from '../datasets/loaded.js';
import { kindOf, loadSource, type SourceKind, type SourceOptions } from '../datasets/source.js';
import { deal } from '../datasets/split.js';
import { integer, number } from './option.js';

interface DataOptions extends SourceOptions {
  readonly out: string;
  readonly trainExamples?: number;
  readonly testExamples?: number;
  readonly partition?: string;
  readonly clients?: number;
  readonly seed: number;
}

/** Options that only some kinds of source have a use for. */
const ONLY: Readonly<Record<string, readonly SourceKind[]>> = {
  from: ['idx', 'speech'],
  set: ['idx'],
  pool: ['idx'],
  label: ['csv'],
  client: ['csv'],
  drop: ['csv'],
  header: ['csv'],
  delimiter: ['csv'],
  shape: ['csv'],
  standardise: ['csv'],
  test: ['csv'],
  testShare: ['csv', 'speech'],
  heldOut: ['speech'],
};

const MOST = 2 ** 31 - 1;

export function dataCommand(): Command {
  const names = Object.keys(CATALOGUE).join(', ');
  return new Command('data')
    .description('convert a data set to train.fld and test.fld, which every other command reads')
    .argument('<source>', `${names}, digits, or a path: idx, csv, Speech Commands or fld files`)
    .requiredOption('--out <folder>', 'where train.fld, test.fld and about.json go; downloads too')
    .option('--from <path>', 'a copy of a named set, where there is no internet: its folder or archive')
    .option('--set <name>', 'idx: which of several sets in a folder or zip, as emnist-letters')
    .option('--pool', 'idx: mean of each 2 x 2 pixels')
    .option('--label <column>', 'csv: column of the label (default: label)')
    .option('--client <column>', 'csv: column of the client (default: client, where it is there)')
    .option('--drop <column...>', 'csv: columns that are no feature')
    .option('--no-header', 'csv: the first row is data; columns are called 1, 2, ...')
    .option('--delimiter <text>', 'csv: between cells (default: ,)')
    .option('--shape <sizes>', 'csv: shape of a window, as 6x128; its features in order', sizes)
    .option('--standardise', 'csv: bring each column to mean 0 and deviation 1 of the training part')
    .option('--test <file>', 'csv: the test part; a share of the clients when left out')
    .option('--test-share <share>', 'csv, speech test set: held out for testing (default: 0.2)', number)
    .addOption(
      new Option('--held-out <list>', 'speech: list that is the test part').choices(['test', 'validation']),
    )
    .option('--train-examples <n>', 'a random choice of the training examples', integer(1, MOST))
    .option('--test-examples <n>', 'a random choice of the test examples', integer(1, MOST))
    .option(
      '--partition <how>',
      'deal the training examples anew: iid, dirichlet:<alpha>, shards:<per client>',
    )
    .option('--clients <n>', 'clients to deal them to', integer(1, 65535))
    .option('--seed <n>', 'of every random choice', integer(0, MOST), 1)
    .action(run);
}

async function run(source: string, options: DataOptions, command: Command): Promise<void> {
  const kind = kindOf(source);
  for (const [option, kinds] of Object.entries(ONLY)) {
    if (command.getOptionValueSource(option) === 'cli' && !kinds.includes(kind)) {
      const flag = command.options.find((known) => known.attributeName() === option)?.long;
      throw new RangeError(`${flag} with ${source} (${kind}), expected only with ${kinds.join(' or ')}`);
    }
  }
  const { out, seed, trainExamples, testExamples } = options;
  const say = (line: string) => console.log(line);
  const loaded = await loadSource(source, options, { folder: join(out, 'download'), say });
  const train = redealt(some(loaded.train, trainExamples, seed), options);
  const test = some(loaded.test, testExamples, seed);
  const { classNames, standard } = loaded;
  mkdirSync(out, { recursive: true });
  writeWhole(join(out, 'train.fld'), formatFld(train));
  writeWhole(join(out, 'test.fld'), formatFld(test));
  writeWhole(join(out, 'about.json'), `${JSON.stringify({ source, classNames, standard }, null, 2)}\n`);
  say(`${join(out, 'train.fld')}: ${summary(train)}`);
  say(`${join(out, 'test.fld')}: ${summary(test)}`);
  say(`classes: ${classNames.join(' ')}`);
}

/** `count` random examples of a set, in its order; all of them when left out. */
function some(set: ExampleSet, count: number | undefined, seed: number): ExampleSet {
  if (count === undefined) return set;
  if (count > set.count)
    throw new RangeError(`${count} examples, expected at most ${set.count}: all there are`);
  const places = shuffled(
    Uint32Array.from({ length: set.count }, (_, place) => place),
    new Random(seed),
  );
  return pick(set, places.subarray(0, count).sort());
}

function redealt(set: ExampleSet, { partition, clients, seed }: DataOptions): ExampleSet {
  if (partition === undefined) {
    if (clients === undefined) return set;
    throw new RangeError(`--clients ${clients}, expected only with --partition`);
  }
  const shares = deal(set, { partition, clients, seed });
  const order = shares.flatMap((share) => [...share]);
  const ids = shares.flatMap((share, client) => [...share].map(() => client));
  return { ...pick(set, order), clients: Uint16Array.from(ids), clientCount: shares.length };
}

/** A reader finds the old file or the new one, never a part. */
function writeWhole(file: string, content: Uint8Array | string): void {
  writeFileSync(`${file}.part`, content);
  renameSync(`${file}.part`, file);
}

/** `3796 examples of 40x25 int8, 12 classes, 143 clients with 12 to 82 each (median 18)` */
function summary({ count, shape, signed, classes, clients }: ExampleSet): string {
  const sizes = new Map<number, number>();
  for (const client of clients) sizes.set(client, (sizes.get(client) ?? 0) + 1);
  const sorted = [...sizes.values()].sort((a, b) => a - b);
  const [least, median, most] = [sorted[0], sorted[sorted.length >> 1], sorted[sorted.length - 1]];
  const type = signed ? 'int8' : 'uint8';
  const each =
    sorted.length === 1
      ? '1 client'
      : `${sorted.length} clients with ${least} to ${most} each (median ${median})`;
  return `${count} examples of ${shape.join('x')} ${type}, ${classes} classes, ${each}`;
}

function sizes(text: string): number[] {
  const shape = text.split('x').map(Number);
  if (shape.length > 3 || !shape.every((size) => Number.isInteger(size) && size >= 1)) {
    throw new InvalidArgumentError('Expected one to three sizes, as 6x128.');
  }
  return shape;
}
