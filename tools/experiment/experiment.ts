/**
 * An experiment as a JSON file describes it, checked in full before anything runs.
 * `experiments/README.md` lists the fields.
 * @module
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { ARITHMETICS, type Arithmetic } from './arithmetic.js';
import { badField, boolean, checkNames, integer, list, record, text } from './field.js';
import { methodsOf, variationsOf } from './method.js';
import { type Factors, type Partition, type Row, rowsOf } from './row.js';

export interface Experiment {
  readonly name: string;
  readonly about: string; // a sentence for the reader of the table; may be empty
  readonly data: string; // as loadDataset takes it
  readonly modelFile?: string; // JSON description, else the zoo's
  readonly clients?: number; // the data set decides when left out
  readonly cohort: number;
  readonly rows: readonly Row[];
  readonly seeds: readonly number[]; // the same for every row, so that rows can be paired
  readonly tuneSeeds: readonly number[]; // the first of them, for choosing a rate
  readonly validate: boolean; // judge on held-back training examples, and leave the test set alone
  readonly evaluateEvery: number; // rounds between two points of a curve; 0 = none but the last rounds
}

const FIELDS = [
  'about',
  'data',
  'clientIds',
  'describe',
  'partitions',
  'clients',
  'cohort',
  'rounds',
  'methods',
  'densities',
  'rates',
  'vary',
  'arithmetic',
  'seeds',
  'tuneSeeds',
  'validate',
  'evaluateEvery',
  'base',
] as const;

/** @throws RangeError in one line: the file cannot be read, or the field, its value and what was expected */
export function readExperiment(file: string): Experiment {
  let json: string;
  try {
    json = readFileSync(file, 'utf8');
  } catch (error) {
    throw new RangeError(`experiment ${file}: ${(error as Error).message}`, { cause: error });
  }
  try {
    return parseExperiment(json, basename(file).replace(/\.json$/, ''));
  } catch (error) {
    throw new RangeError(`${file}: ${(error as Error).message}`, { cause: error });
  }
}

/** @throws RangeError naming the field, its value and what was expected */
export function parseExperiment(json: string, name: string): Experiment {
  const fields = record(parseJson(json), 'experiment', FIELDS);
  const field = <T>(
    name: (typeof FIELDS)[number],
    read: (value: unknown, where: string) => T,
    other: T,
  ): T => (fields[name] === undefined ? other : read(fields[name], name));
  const clientsFile = field('clientIds', text, undefined);
  const seeds = seedsOf(fields.seeds);
  const tuned = field('tuneSeeds', (value, where) => integer(value, where, 1, seeds.length), undefined);
  const factors: Factors = {
    partitions: field('partitions', partitionsOf, ['natural']).map((item) =>
      typeof item === 'string' ? { name: item, partition: item, clientsFile } : item,
    ),
    methods: methodsOf(fields.methods, fields.densities, fields.rates),
    variations: field('vary', variationsOf, [{}]),
    arithmetics: field('arithmetic', arithmeticsOf, ['integer']),
    rounds: integer(fields.rounds, 'rounds', 1, 1_000_000),
    base: field('base', text, undefined),
  };
  const names = factors.methods.map((method) => method.name);
  if (factors.base !== undefined && !names.includes(factors.base)) {
    throw badField('base', factors.base, `a method's name: ${names.join(', ')}`);
  }
  return {
    name,
    about: field('about', text, ''),
    data: text(fields.data, 'data'),
    modelFile: field('describe', text, undefined),
    clients: field('clients', (value, where) => integer(value, where, 1, 65535), undefined),
    cohort: field('cohort', (value, where) => integer(value, where, 1, 65535), 10),
    rows: rowsOf(factors),
    seeds,
    tuneSeeds: seeds.slice(0, tuned ?? TUNE_SEEDS),
    validate: field('validate', boolean, false),
    evaluateEvery: field('evaluateEvery', (value, where) => integer(value, where, 0, 1_000_000), 0),
  };
}

/** Seeds for choosing a rate, where there are so many. */
const TUNE_SEEDS = 3;

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new RangeError(`experiment, expected JSON: ${(error as Error).message}`);
  }
}

/** A count n means 1 to n. */
function seedsOf(value: unknown): number[] {
  if (!Array.isArray(value)) {
    const count = integer(value, 'seeds', 1, 1000);
    return Array.from({ length: count }, (_, i) => i + 1);
  }
  return list(value, 'seeds').map((seed, i) => integer(seed, `seeds[${i}]`, 0, 0xffffffff));
}

function arithmeticsOf(value: unknown, where: string): Arithmetic[] {
  const arithmetics = list(value, where);
  for (const [i, item] of arithmetics.entries()) {
    if (!ARITHMETICS.includes(item as Arithmetic))
      throw badField(`${where}[${i}]`, item, ARITHMETICS.join(', '));
  }
  return arithmetics as Arithmetic[];
}

function partitionsOf(value: unknown, where: string): (string | Partition)[] {
  const partitions = list(value, where).map((item, i) => {
    const at = `${where}[${i}]`;
    if (typeof item === 'string') return text(item, at);
    const { partition, name, clientIds } = record(item, at, ['partition', 'name', 'clientIds']);
    return {
      partition: text(partition, `${at}.partition`),
      name: name === undefined ? text(partition, `${at}.partition`) : text(name, `${at}.name`),
      clientsFile: clientIds === undefined ? undefined : text(clientIds, `${at}.clientIds`),
    };
  });
  checkNames(
    partitions.map((item) => (typeof item === 'string' ? item : item.name)),
    where,
  );
  return partitions;
}
