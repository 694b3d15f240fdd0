/**
 * Data sets by name: the digits that come with the repository, or a folder of `.fld` files.
 * @module
 */
import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { ExampleSet } from '../../shared/data/example-set.js';
import { parseFld, withClients } from '../../shared/data/fld.js';
import { plainOrPacked, readFrom } from './file.js';
import { ACCEPTED, detect } from './kind.js';

export interface Dataset {
  readonly name: string; // `digits`, or the folder's own name
  readonly train: ExampleSet;
  readonly test: ExampleSet; // same shape, type and classes; its clients are others
}

export interface DatasetOptions {
  /** File in the folder with other client ids for the training examples, `train_clients_alpha0.1.u16`. */
  readonly clientsFile?: string;
}

const EMBEDDED: Readonly<Record<string, string>> = { digits: join(import.meta.dirname, 'digits') };

/**
 * @param name `digits`, or the path of a folder with `train.fld` and `test.fld` (or these with `.gz`)
 * @throws RangeError in one line: an unknown name, a file that is missing or cannot be read as such
 */
export function loadDataset(name: string, { clientsFile }: DatasetOptions = {}): Dataset {
  const folder = Object.hasOwn(EMBEDDED, name) ? EMBEDDED[name] : resolve(name);
  if (!existsSync(folder)) {
    const known = Object.keys(EMBEDDED).join(', ');
    throw new RangeError(`data set ${name}, expected ${known} or a folder with train.fld and test.fld`);
  }
  const kind = detect(folder);
  if (kind !== 'fld') {
    const convert = `npm run data -- ${name} --out <folder>`;
    throw new RangeError(
      kind === undefined
        ? `data set ${name}: no train.fld, expected it, or for \`${convert}\` one of: ${ACCEPTED}`
        : `data set ${name}: ${kind} files without train.fld, expected \`${convert}\` before`,
    );
  }
  let train = readSet(folder, 'train.fld');
  const test = readSet(folder, 'test.fld');
  for (const field of ['shape', 'signed', 'inputExp', 'classes'] as const) {
    if (String(train[field]) !== String(test[field])) {
      throw new RangeError(
        `${join(folder, 'test.fld')}: ${field} ${test[field]}, expected ${train[field]} as in train.fld`,
      );
    }
  }
  if (clientsFile !== undefined) {
    const given = train;
    train = readFrom(join(folder, clientsFile), (bytes) => withClients(given, bytes));
  }
  return { name: basename(folder), train, test };
}

function readSet(folder: string, file: string): ExampleSet {
  return readFrom(plainOrPacked(folder, file), parseFld);
}
