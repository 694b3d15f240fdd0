/**
 * Windows of sensor readings in CSV files: a row is an example, one column its label, one (or none)
 * its client, every other column a feature, in the file's order.
 * @module
 */
import { existsSync, statSync } from 'node:fs';
import { type CsvOptions, parseCsv, type Row } from './csv.js';
import { plainOrPacked, readFrom } from './file.js';
import { holdOutClients, holdOutLast } from './holdout.js';
import { exampleSet, type Loaded } from './loaded.js';
import { quantise, scaleOf } from './quantise.js';
import { STANDARD_EXP, standardise, standardOf } from './standard.js';

export interface WindowOptions extends CsvOptions {
  readonly label?: string; // column; `label` when left out
  readonly client?: string; // column; `client` when left out and there, else one client has all
  readonly drop?: readonly string[]; // columns that are no feature
  readonly shape?: readonly number[]; // of a window, e.g. [6, 128]; as many features when left out
  readonly standardise?: boolean; // each column to mean 0, deviation 1, for columns of unlike ranges
  readonly test?: string; // file with the test part
  readonly testShare?: number; // held out where there is no test file; 0.2 when left out
  readonly seed?: number; // of the choice of clients held out; 1 when left out
}

/** Rows of a file, read as text and numbers. */
interface Part {
  readonly columns: readonly string[]; // of the features
  readonly labels: readonly string[];
  readonly clients: readonly string[];
  readonly values: readonly (readonly number[])[];
}

/**
 * @param path a CSV file (or `.csv.gz`), or a folder with `train.csv` and `test.csv`
 * @throws RangeError in one line: the file, the line and the column that are wrong, and how
 */
export function loadWindows(path: string, options: WindowOptions = {}): Loaded {
  const folder = existsSync(path) && statSync(path).isDirectory();
  const all = readPart(folder ? plainOrPacked(path, 'train.csv') : path, options);
  const testFile = folder ? plainOrPacked(path, 'test.csv') : options.test;
  const [train, test] = testFile === undefined ? divide(all, options) : [all, readPart(testFile, options)];
  if (String(test.columns) !== String(train.columns)) {
    throw new RangeError(`${testFile}: features ${brief(test.columns)}, expected ${brief(train.columns)}`);
  }
  const featureCount = train.columns.length;
  const { shape = [featureCount] } = options;
  if (shape.reduce((product, size) => product * size, 1) !== featureCount) {
    throw new RangeError(`shape ${shape.join('x')}, expected ${featureCount} features as in ${path}`);
  }
  const classNames = [...new Set([...train.labels, ...test.labels])].sort(byNumberOrName);
  if (classNames.length > 255)
    throw new RangeError(`${path}: ${classNames.length} labels, expected 2 to 255`);
  const fieldsOf = (part: Part) => ({
    shape,
    classes: classNames.length,
    labels: Uint8Array.from(part.labels, (name) => classNames.indexOf(name)),
    clients: clientIds(part.clients, path),
  });
  const [trainValues, testValues] = [train.values.flat(), test.values.flat()];
  if (options.standardise === true) {
    const standard = standardOf(trainValues, featureCount, featureCount);
    const make = (name: string, part: Part, values: number[]) => {
      const features = standardise(values, featureCount, standard);
      return exampleSet(name, { ...fieldsOf(part), signed: true, inputExp: STANDARD_EXP, features });
    };
    const sets = { train: make('train', train, trainValues), test: make('test', test, testValues) };
    return { ...sets, classNames, standard };
  }
  const scale = scaleOf(trainValues);
  const make = (name: string, part: Part, values: number[]) =>
    exampleSet(name, { ...fieldsOf(part), ...scale, features: quantise(values, scale) });
  return { train: make('train', train, trainValues), test: make('test', test, testValues), classNames };
}

function readPart(file: string, options: WindowOptions): Part {
  const { label = 'label', client = 'client', drop = [] } = options;
  return readFrom(file, (bytes) => {
    const { columns, rows } = parseCsv(bytes, options);
    const place = (name: string, option: string) => {
      const at = columns.indexOf(name);
      if (at < 0) throw new RangeError(`no column "${name}" (${option}), expected one of ${brief(columns)}`);
      return at;
    };
    const labelAt = place(label, '--label');
    const named = options.client !== undefined || columns.includes(client);
    const clientAt = named ? place(client, '--client') : undefined;
    const dropped = drop.map((name) => place(name, '--drop'));
    const used = columns.map((_, at) => at).filter((at) => ![labelAt, clientAt, ...dropped].includes(at));
    const text = (row: Row, at: number) => {
      if (row.cells[at] === '') throw bad(row, columns[at], row.cells[at], 'a name');
      return row.cells[at];
    };
    return {
      columns: used.map((at) => columns[at]),
      labels: rows.map((row) => text(row, labelAt)),
      clients: rows.map((row) => (clientAt === undefined ? '' : text(row, clientAt))),
      values: rows.map((row) => used.map((at) => numberOf(row, at, columns))),
    };
  });
}

function numberOf(row: Row, at: number, columns: readonly string[]): number {
  const cell = row.cells[at];
  const value = Number(cell);
  if (cell === '' || !Number.isFinite(value)) throw bad(row, columns[at], cell, 'a number');
  return value;
}

function bad({ line }: Row, column: string, cell: string, expected: string): RangeError {
  return new RangeError(`line ${line}, column "${column}": "${cell.slice(0, 40)}", expected ${expected}`);
}

/** Some clients, or where there is but one the last rows of each label, make the test part. */
function divide(all: Part, { testShare = 0.2, seed = 1 }: WindowOptions): [Part, Part] {
  if (!(testShare > 0 && testShare < 1)) {
    throw new RangeError(`test share ${testShare}, expected above 0 and below 1`);
  }
  const several = new Set(all.clients).size > 1;
  const held = several ? holdOutClients(all.clients, testShare, seed) : holdOutLast(all.labels, testShare);
  const part = (test: boolean): Part => {
    const keep = (_: unknown, i: number) => held[i] === test;
    const { columns, labels, clients, values } = all;
    return {
      columns,
      labels: labels.filter(keep),
      clients: clients.filter(keep),
      values: values.filter(keep),
    };
  };
  return [part(false), part(true)];
}

function clientIds(names: readonly string[], path: string): Uint16Array {
  const ids = new Map([...new Set(names)].sort(byNumberOrName).map((name, id) => [name, id]));
  if (ids.size > 65535) throw new RangeError(`${path}: ${ids.size} clients, expected at most 65535`);
  return Uint16Array.from(names, (name) => ids.get(name)!);
}

/** Numbers by size, before names by their letters. */
function byNumberOrName(a: string, b: string): number {
  const [x, y] = [Number(a), Number(b)];
  if (Number.isNaN(x) !== Number.isNaN(y)) return Number.isNaN(x) ? 1 : -1;
  if (x !== y && !Number.isNaN(x)) return x - y;
  return a < b ? -1 : a > b ? 1 : 0;
}

function brief(names: readonly string[]): string {
  return names.length > 8 ? `${names.slice(0, 8).join(', ')}, … (${names.length})` : names.join(', ');
}
