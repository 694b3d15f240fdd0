/**
 * `npm run firmware:update`: a board of the SDK's Linux build takes new firmware from the real broker, judged by the
 * SDK's own SHA-256 and ECDSA. Firmware that another key signed leaves it as it is; firmware of its maker
 * gets into the other slot, is started from there and joins. Meanwhile it learns on. Where there is no SDK it
 * says so and ends well.
 * @module
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startBroker } from '../../broker/main.js';
import { formatFirmwareFile } from '../../broker/storage/firmware.js';
import { recipeOf } from '../../shared/model/recipe.js';
import { formatVersion } from '../../shared/protocol/firmware.js';
import { loadDataset } from '../datasets/dataset.js';
import { modelFor, taskName } from '../datasets/model.js';
import { deal, wholeSet } from '../datasets/split.js';
import { makeImage } from '../emulator/bootloader.js';
import { SECTOR_BYTES } from '../emulator/chip.js';
import { LinuxBoard } from './board.js';
import { buildForLinux } from './build.js';
import { Lines } from './lines.js';
import { BYTE_CODE } from './manifest.js';
import { findSdk } from './sdk.js';
import { formatShard } from './shard.js';
import { makeKey, publicKeyOf, signFirmware } from './signature.js';
import { StoredChip } from './storedchip.js';

const TARGET = 'linux';
const BOARD = 'board-1';
const SLOT_BYTES = 64 * SECTOR_BYTES;
const IMAGE_BYTES = 200_000; // seven parts
const [OLD, FORGED, NEW] = [0x000100, 0x000200, 0x000201];
const ROUNDS = 40;

export interface UpdateOptions {
  readonly out: string; // folder for what is built
  readonly verbose: boolean;
}

export async function updateBoard({ out, verbose }: UpdateOptions): Promise<void> {
  const sdk = findSdk();
  if (typeof sdk === 'string') {
    console.log(`skipped: ${sdk} (moddable)`);
    return;
  }
  const build = await buildForLinux(sdk, BYTE_CODE, resolve(out));
  const folder = mkdtempSync(join(tmpdir(), 'sparrow-'));
  const dataset = loadDataset('digits');
  const task = taskName(dataset.name);
  const [places] = deal(dataset.train, { partition: 'iid', clients: 8, seed: 1 });
  const told = new Lines((line) => verbose || /firmware \d/.test(line));
  const key = makeKey();
  const chip = new StoredChip(join(folder, BOARD), SLOT_BYTES);
  const broker = await startBroker(
    {
      ...{ task, taskSeed: 1, recipe: recipeOf('dense', 1, { rounds: ROUNDS, epochs: 1 }) },
      ...{ description: modelFor(dataset), folder: join(folder, 'broker'), host: '127.0.0.1', port: 0 },
      testSet: wholeSet(dataset.test),
      board: { name: 'esp32', examples: places.length },
      ...{ cohort: 1, goal: 1, minimum: 1, deadlineMs: 0, gatherMs: 0, maxDevices: 1 },
    },
    { onEvent: () => {}, log: (line) => told.push(`broker: ${line}`) },
  );
  const board = new LinuxBoard({
    ...{ build, device: BOARD, board: 'esp32', task, folder: join(folder, BOARD) },
    port: broker.port,
    shard: formatShard(dataset.train, places),
    settings: { backoffFirstMs: 50, backoffMaxMs: 400 },
    boot: () => {
      const { slot, version } = chip.flash().boot()!;
      told.push(`boot loader: firmware ${formatVersion(version)} from slot ${slot}`);
      const publicKey = Buffer.from(publicKeyOf(key)).toString('hex');
      return {
        target: TARGET,
        release: formatVersion(version),
        key: publicKey,
        running: slot,
        slotBytes: SLOT_BYTES,
      };
    },
    onLine: (line) => told.push(`${BOARD}: ${line}`),
  });
  const publish = (version: number, pem: string) => {
    const image = makeImage(version, IMAGE_BYTES);
    const firmware = signFirmware(image, { target: TARGET, version }, pem);
    const shelf = join(folder, 'broker', 'firmware');
    mkdirSync(shelf, { recursive: true });
    writeFileSync(join(shelf, `${TARGET}.fw`), formatFirmwareFile({ firmware, image }));
  };
  try {
    chip.install(makeImage(OLD, IMAGE_BYTES));
    board.start();
    await told.heard(/round 1 /);
    publish(FORGED, makeKey());
    await told.heard(/firmware 0\.2\.0 refused: signature/);
    publish(NEW, key);
    await told.heard(/boot loader: firmware 0\.2\.1 from slot 1/);
    await told.heard(/firmware 0\.2\.1 works/);
    const { rounds } = await broker.finished;
    console.log(`all ${rounds} rounds done`);
  } catch (error) {
    console.log(`FAILED: ${(error as Error).message}`);
    process.exitCode = 1;
  } finally {
    await board.stop();
    await broker.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
