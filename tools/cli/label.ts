/**
 * `sparrow label`: tells a board of a running broker what its sensor sees now.
 * @module
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { putLabel } from '../../broker/storage/labels.js';
import { isDeviceName } from '../../shared/protocol/device.js';
import { integer } from './option.js';

interface LabelOptions {
  readonly device: string;
  readonly label?: number;
  readonly seconds: number;
  readonly folder: string;
}

export function labelCommand(): Command {
  return new Command('label')
    .description('tell a board what its sensor sees now: windows are recorded as that')
    .requiredOption('--device <name>', 'the board')
    .option('--label <n>', 'what it sees; nothing is recorded any more when left out', integer(0, 254))
    .option('--seconds <n>', 'how long, 0 = until something else is said', integer(0, 65535), 0)
    .option('--folder <path>', 'data folder of the broker', 'sparrow-data')
    .action(run);
}

function run({ device, label, seconds, folder }: LabelOptions): void {
  if (!isDeviceName(device)) throw new RangeError(`device "${device}", expected 1 to 23 of a-z, 0-9 and -`);
  if (!existsSync(folder)) throw new RangeError(`folder ${folder}, expected the data folder of a broker`);
  putLabel(join(folder, 'labels'), { device, label, seconds });
  console.log(
    `${device}: ${label === undefined ? 'no label' : `label ${label}`}${seconds > 0 ? ` for ${seconds} s` : ''}`,
  );
}
