/**
 * The command line of `npm run flash`: builds the firmware once and flashes a row of boards with it, each with its
 * Wi-Fi, broker, task, join code and name, and if asked for with its own part of a data set.
 * @module
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { dealSource } from '../cli/deal.js';
import { integer } from '../cli/option.js';
import { loadDataset } from '../datasets/dataset.js';
import { BYTE_CODE, type FirmwareManifest, KERNELS, nativeManifest } from '../firmware/manifest.js';
import { findSdk } from '../firmware/sdk.js';
import { secureManifest } from '../firmware/securemanifest.js';
import { targetOf } from '../firmware/target.js';
import { type BoardResult, buildFirmware, chipName, dryRun, flashBoards, type Row } from './flash.js';
import { labelPage, labelTable } from './labels.js';
import { nameBoards } from './names.js';
import { firmwarePartitions } from './partitions.js';
import { checkPorts, findPorts } from './ports.js';
import { targetNamed } from './target.js';

interface FlashOptions {
  readonly target: string;
  readonly port: readonly string[];
  readonly ssid: string;
  readonly password?: string;
  readonly broker?: string;
  readonly task: string;
  readonly code?: string;
  readonly name?: string;
  readonly first: number;
  readonly shard?: string;
  readonly partition?: string;
  readonly clients: number;
  readonly seed: number;
  readonly erase: boolean;
  readonly baud: number;
  readonly esptool: string;
  readonly out: string;
  readonly labels: string;
  readonly ca?: string;
  readonly native: boolean;
  readonly build: boolean;
  readonly dryRun: boolean;
}

const ROOT = join(import.meta.dirname, '../..');
const PASSWORD = 'SPARROW_WIFI_PASSWORD';
const PORTS_HINT = 'plug the boards in, or name them with --port; on Linux you must be in the group dialout';

export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
}

/** Its action throws Error for what cannot be done, and at the end when a board failed. */
export function flashCommand(around: Surroundings): Command {
  return new Command('flash')
    .description('build the firmware once and flash a row of boards with it')
    .option('--target <platform>', 'as mcconfig names it', 'esp32/nodemcu')
    .option('--port <port...>', 'serial port of a board, once for each; all that are found when left out', [])
    .requiredOption('--ssid <name>', 'the Wi-Fi')
    .option('--password <word>', `its password; ${PASSWORD} of the environment when left out`)
    .option('--broker <host>', 'host or host:port; searched for when left out')
    .option('--task <name>', 'as at the broker', 'digits')
    .option('--code <code>', 'to join with')
    .option('--name <pattern>', 'desk-{n} makes desk-1, desk-2, …; that of the chip when left out')
    .option('--first <n>', 'number of the first board', integer(1, 65535), 1)
    .option('--shard <data>', '`digits` or a folder with train.fld and test.fld: board n gets part n')
    .option('--partition <how>', 'of that data: natural, iid, dirichlet:<alpha> or shards:<per client>')
    .option('--clients <n>', 'parts of that data', integer(1, 65535), 20)
    .option('--seed <n>', 'of the partition', integer(0, 0xffffffff), 1)
    .option('--erase', 'erase all that was on the board first', false)
    .option('--baud <n>', 'speed of writing', integer(9600, 3_000_000), 460_800)
    .option('--esptool <program>', 'of ESP-IDF', 'esptool.py')
    .option('--out <folder>', 'for what is built', join(ROOT, '.cache/flash'))
    .option('--labels <file>', 'an SVG page to print', 'labels.svg')
    .option('--ca <file>', 'certificate of the authority to trust: firmware with TLS')
    .option('--no-native', 'kernels in byte code instead of C')
    .option('--no-build', 'flash what was built last')
    .option('--dry-run', 'print the commands, run none of them', false)
    .action((options: FlashOptions) => flash(options, around));
}

async function flash(options: FlashOptions, { env, say }: Surroundings): Promise<void> {
  const sdk = findSdk();
  const needsSdk = options.build && !options.dryRun;
  if (needsSdk && typeof sdk === 'string') throw new Error(`${sdk}; docs/boards.md says how to install it`);
  if (needsSdk && !env.IDF_PATH) {
    throw new Error('ESP-IDF is not active, IDF_PATH is not set: source its export.sh in this terminal');
  }
  const row = rowOf(options, {
    env: typeof sdk === 'string' ? env : { ...sdk.env, ...env, PATH: sdk.env.PATH },
    say,
  });
  if (options.dryRun) {
    for (const line of dryRun(row)) say(line);
    return;
  }
  if (options.build) await buildFirmware(row);
  const results = await flashBoards(row);
  tell(results, options, say);
  const failed = results.filter(({ error }) => error !== undefined).length;
  if (failed > 0) throw new Error(`${failed} of ${results.length} boards not flashed`);
}

/** @throws RangeError for what cannot be flashed */
function rowOf(options: FlashOptions, { env, say }: Surroundings): Row {
  const { target, port, ssid, broker, task, code, name, first, dryRun } = options;
  const ports = port.length > 0 ? port : findPorts();
  if (ports.length === 0) throw new RangeError(`no serial port found: ${PORTS_HINT}`);
  if (!dryRun) checkPorts(ports);
  else if (new Set(ports).size < ports.length) throw new RangeError('a port is named twice');
  const names = nameBoards(name, ports.length, first);
  const { shard } = options;
  const source = shard === undefined ? undefined : dealSource(loadDataset(shard), options);
  const last = first + ports.length - 1;
  if (source !== undefined && last > source.parts) {
    throw new RangeError(`board ${last} of ${source.parts} parts, expected --clients ${last} or more`);
  }
  return {
    plan: {
      target: targetNamed(target),
      partitions: firmwarePartitions(),
      manifest: manifestOf(options),
      folder: options.out,
      esptool: options.esptool,
      baud: options.baud,
      isErasing: options.erase,
      setting: targetOf(['-p', target]).map((word) => `target=${word}`),
    },
    boards: ports.map((port, i) => ({
      port,
      device: names[i],
      part: source === undefined ? undefined : first + i,
    })),
    setup: { ssid, password: options.password ?? env[PASSWORD], broker, task, code },
    shard: source && ((part) => source.part(part - 1)),
    env,
    say,
  };
}

function manifestOf({ native, ca, out }: FlashOptions): FirmwareManifest {
  const manifest = native ? nativeManifest() : BYTE_CODE;
  if (ca === undefined) return manifest;
  return secureManifest(ca, join(out, 'manifest'), native ? [join(KERNELS, 'manifest.json')] : []);
}

function tell(
  results: readonly BoardResult[],
  { task, code, labels }: FlashOptions,
  say: (line: string) => void,
): void {
  const done = results.filter(({ error }) => error === undefined);
  const sheet = done.flatMap(({ board, mac }) => {
    const device = board.device ?? (mac === undefined ? undefined : chipName(mac));
    return device === undefined ? [] : [{ device, task, code }];
  });
  if (sheet.length > 0) {
    rmSync(labels, { force: true }); // a new file has its own permissions
    writeFileSync(labels, labelPage(sheet), { mode: 0o600 }); // it may hold the join code
    say(`\n${labelTable(sheet)}\n\n${labels}: labels to print`);
  }
  say(`${done.length} of ${results.length} boards flashed`);
  for (const { board, error } of results) {
    if (error !== undefined) say(`  ${board.device ?? ''} ${board.port}: ${error}`.replace(/ {3,}/, '  '));
  }
}
