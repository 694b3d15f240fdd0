/**
 * A data set's training examples as the parts that a broker deals to boards.
 * @module
 */
import { createHash } from 'node:crypto';
import type { DealSource } from '../../broker/rounds/dealer.js';
import { FLD_HEADER_BYTES } from '../../shared/data/fld.js';
import type { Dataset } from '../datasets/dataset.js';
import { deal } from '../datasets/split.js';
import { formatShard } from '../firmware/shard.js';

export interface DealOptions {
  readonly partition?: string;
  readonly clients: number;
  readonly seed: number;
}

/** Features of one byte each, and label and client of an example. */
const LABEL_BYTES = 3;

/**
 * The set's own clients where there are enough of them, else a like mix of classes for each board.
 * @throws RangeError as `deal`
 */
export function dealSource({ train }: Dataset, { partition, clients, seed }: DealOptions): DealSource {
  const how = partition ?? (clients <= train.clientCount ? 'natural' : 'dirichlet:1');
  const places = deal(train, { partition: how, clients, seed });
  const hash = createHash('sha256');
  for (const part of places) hash.update(createHash('sha256').update(formatShard(train, part)).digest());
  const longest = Math.max(...places.map((part) => part.length));
  return {
    id: hash.digest().readUInt32LE() || 1,
    parts: places.length,
    longestBytes: FLD_HEADER_BYTES + longest * (train.featureCount + LABEL_BYTES),
    part: (index) => formatShard(train, places[index]),
  };
}
