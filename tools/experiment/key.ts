/**
 * The key of a run: a hash of everything that decides its result but the code. Where the data lie
 * and what an experiment is called do not count; what is in the data does.
 * @module
 */
import { createHash } from 'node:crypto';
import { NUMERICS_VERSION } from '../../shared/fixed/rounding.js';
import { formatDescription, type ModelDescription } from '../../shared/model/description.js';
import type { Dataset } from '../datasets/dataset.js';
import type { Job } from './job.js';

/** Raised when the fields of a stored result change. */
const RESULT_VERSION = 1;

/** @returns 16 hex digits */
export function keyOf(job: Job, dataHash: string, description: ModelDescription): string {
  const { data, clientsFile, modelFile, arithmetic, ...others } = job;
  const settings = arithmetic === 'float64' ? { ...others, arithmetic } : others; // integer says nothing
  const model = formatDescription(description);
  const parts = { ...settings, dataHash, model, numerics: NUMERICS_VERSION, version: RESULT_VERSION };
  return hash(sorted(parts));
}

/** Of every example, label and client id of both sets, 16 hex digits. */
export function dataHashOf({ train, test }: Dataset): string {
  const sums = createHash('sha256');
  for (const set of [train, test]) {
    const { features, labels, clients, ...head } = set;
    sums.update(sorted(head));
    sums.update(features).update(labels).update(clients);
  }
  return sums.digest('hex').slice(0, 16);
}

/** JSON with the names of each object in order, so that the same content is the same text. */
function sorted(value: object): string {
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
