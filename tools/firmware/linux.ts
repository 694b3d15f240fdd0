/**
 * `npm run firmware:linux`: the firmware as the Moddable SDK builds it, run on this machine. Three such
 * boards, with the memory of a plain ESP32, learn beside five boards emulated on Node, on the real
 * broker. The same federation then runs on Node alone: every update and the final model must be the
 * same, byte for byte. With `--native` the kernels are C. Where there is no SDK it says so and ends well.
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Recipe, recipeOf } from '../../shared/model/recipe.js';
import { type Dataset, loadDataset } from '../datasets/dataset.js';
import { deal } from '../datasets/split.js';
import { outsideData } from '../test/outside.js';
import { buildForLinux, type LinuxBuild } from './build.js';
import { deviceName, type FederationRun, runFederation } from './federation.js';
import { BYTE_CODE, nativeManifest } from './manifest.js';
import { findSdk } from './sdk.js';
import { selftestOnLinux } from './selftest.js';
import { formatShard } from './shard.js';

const BOARDS = 8;
const ON_LINUX = 3;
const SEED = 1;

export interface LinuxOptions {
  readonly out: string; // folder for what is built
  readonly native: boolean; // kernels in C
  readonly fashion?: string; // folder of the second data set; that beside the repository when left out
  readonly verbose: boolean;
}

/** @throws RangeError for a data set that cannot be read, before anything is built */
export async function compareWithLinux(options: LinuxOptions): Promise<void> {
  const { out, native, verbose } = options;
  const runs: [Dataset, Recipe][] = [
    [loadDataset('digits'), recipeOf('sparrow', 0.1, { rounds: 10, epochs: 2 })],
  ];
  const fashion = options.fashion ?? outsideData('fashion14');
  if (fashion !== undefined) {
    runs.push([loadDataset(fashion), recipeOf('sparrow', 0.05, { rounds: 3, epochs: 1 })]);
  }
  const sdk = findSdk();
  if (typeof sdk === 'string') {
    console.log(`skipped: ${sdk} (moddable)`);
    return;
  }
  const build = await buildForLinux(sdk, native ? nativeManifest() : BYTE_CODE, resolve(out));
  const kernels = native ? 'C' : 'byte code';
  console.log(`firmware with kernels in ${kernels} built for Linux in ${(build.ms / 1000).toFixed(1)} s`);
  if (!(await passesSelftest(build))) process.exitCode = 1;
  if (fashion === undefined) console.log('skipped: no data set fashion14 beside the repository (data)');
  for (const [dataset, recipe] of runs) {
    if (!(await learn(dataset, recipe, build, verbose))) process.exitCode = 1;
  }
}

async function passesSelftest(build: LinuxBuild): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'sparrow-'));
  try {
    const { train } = loadDataset('digits');
    return await selftestOnLinux(build, folder, formatShard(train, Uint32Array.of(0)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns whether Linux and Node did the same */
async function learn(
  dataset: Dataset,
  recipe: Recipe,
  build: LinuxBuild,
  verbose: boolean,
): Promise<boolean> {
  const shards = deal(dataset.train, { partition: 'iid', clients: BOARDS, seed: SEED });
  const folder = mkdtempSync(join(tmpdir(), 'sparrow-'));
  const options = {
    dataset,
    recipe,
    shards,
    board: 'esp32',
    onLine: (device: string, line: string) => {
      if (verbose) console.log(`${device}: ${line}`);
    },
  };
  try {
    const mixed = await runFederation({
      ...options,
      folder: join(folder, 'mixed'),
      sdk: { build, count: ON_LINUX },
    });
    const twins = await runFederation({ ...options, folder: join(folder, 'node') });
    return tell(dataset.name, mixed, twins);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function tell(name: string, mixed: FederationRun, twins: FederationRun): boolean {
  const { summary, bytes, memory } = mixed;
  const accuracy = ((summary.accuracy ?? 0) * 100).toFixed(1);
  console.log(
    `${name}: ${summary.rounds} rounds, ${ON_LINUX} boards of the SDK's build and ${BOARDS - ON_LINUX} on Node, ` +
      `accuracy ${accuracy} %, ${kilobytes(bytes.up)} up and ${kilobytes(bytes.down)} down on TCP, ` +
      `${(summary.ms / 1000).toFixed(1)} s`,
  );
  let isSame = mixed.model.equals(twins.model);
  for (let i = 0; i < BOARDS; i++) {
    const device = deviceName(i);
    const ours = mixed.updates.get(device) ?? [];
    const theirs = twins.updates.get(device) ?? [];
    const equal = ours.filter((frame, round) => theirs[round]?.equals(frame)).length;
    isSame &&= equal === summary.rounds && ours.length === equal && theirs.length === equal;
    const use = memory.get(device);
    if (use === undefined) continue;
    console.log(
      `  ${device}: ${equal} of ${summary.rounds} updates identical to its twin's on Node; at most ` +
        `${use.chunkBytes} of ${use.chunkLimit} B of chunks and ${use.slots} of ${use.slotLimit} slots reachable`,
    );
    const said = mixed.metrics.get(device);
    if (said === undefined) isSame = false;
    else {
      const { trainMs, heapBytes, chunkBytes, slots, millijoules, reset } = said;
      console.log(
        `    its last metrics: ${trainMs} ms of training, ${millijoules} mJ, ${chunkBytes} B of chunks and ` +
          `${slots} slots reachable, ${heapBytes} B with garbage at most, reset ${reset}`,
      );
      isSame &&= heapBytes > 0 && millijoules > 0;
    }
  }
  console.log(`  final models ${mixed.model.equals(twins.model) ? 'identical' : 'DIFFER'}`);
  if (!isSame) console.log(`${name}: FAILED, expected every update and the model as on Node alone`);
  return isSame;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} KB`;
}
