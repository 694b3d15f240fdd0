/**
 * `sparrow shard`: one part of a data set as the image of a board's shard partition, to be flashed with the
 * firmware. A board that has one keeps it, whatever its broker deals.
 * @module
 */
import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { ownShardImage } from '../../shared/protocol/shardimage.js';
import { loadDataset } from '../datasets/dataset.js';
import { SHARD_PARTITION_BYTES } from '../emulator/chip.js';
import { dealSource } from './deal.js';
import { integer } from './option.js';

interface ShardOptions {
  readonly data: string;
  readonly partition?: string;
  readonly clients: number;
  readonly client: number;
  readonly seed: number;
  readonly out: string;
}

export function shardCommand(): Command {
  return new Command('shard')
    .description('write one part of a data set as a board’s shard partition, for parttool.py or esptool')
    .option('--data <name>', '`digits`, or a folder with train.fld and test.fld', 'digits')
    .option('--partition <how>', 'natural, iid, dirichlet:<alpha> or shards:<per client>')
    .option('--clients <n>', 'parts', integer(1, 65535), 20)
    .requiredOption('--client <n>', 'the part to write, from 1', integer(1, 65535))
    .option('--seed <n>', 'of the partition', integer(0, 0xffffffff), 1)
    .requiredOption('--out <file>', 'the image')
    .action(run);
}

function run(options: ShardOptions): void {
  const { client, out } = options;
  const source = dealSource(loadDataset(options.data), options);
  if (client > source.parts) throw new RangeError(`client ${client}, expected 1 to ${source.parts}`);
  const image = ownShardImage(source.part(client - 1));
  if (image.length > SHARD_PARTITION_BYTES) {
    throw new RangeError(
      `part of ${image.length} bytes, expected at most ${SHARD_PARTITION_BYTES}: the shard partition; more --clients make it shorter`,
    );
  }
  writeFileSync(out, image);
  console.log(`${out}: part ${client} of ${source.parts}, ${image.length} bytes`);
  console.log(`parttool.py write_partition --partition-name=shard --input ${out}`);
}
