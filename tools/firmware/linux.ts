/**
 * `npm run firmware:linux`: the firmware as the Moddable SDK builds it, run on this machine. Three such
 * boards, with the memory of a plain ESP32, learn beside five boards emulated on Node, on the real
 * broker. The same federation then runs on Node alone: every update and the final model must be the
 * same, byte for byte. With `--native` the kernels are C. Where there is no SDK it says so and ends well.
 * @module
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Recipe, recipeOf } from '../../shared/model/recipe.js';
import { type Dataset, loadDataset } from '../datasets/dataset.js';
import { deal } from '../datasets/split.js';
import { buildForLinux, type LinuxBuild } from './build.js';
import { deviceName, type FederationRun, runFederation } from './federation.js';
import { BYTE_CODE, nativeManifest } from './manifest.js';
import { findSdk } from './sdk.js';
import { selftestOnLinux } from './selftest.js';
import { formatShard } from './shard.js';

const BOARDS = 8;
const ON_LINUX = 3;
const SEED = 1;

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: '.cache/moddable' },
    native: { type: 'boolean', default: false },
    fashion: { type: 'string', default: '../shared/data/fashion14' },
    verbose: { type: 'boolean', default: false },
  },
});

const sdk = findSdk();
if (typeof sdk === 'string') {
  console.log(`skipped: ${sdk} (moddable)`);
} else {
  const build = await buildForLinux(sdk, values.native ? nativeManifest() : BYTE_CODE, resolve(values.out));
  const kernels = values.native ? 'C' : 'byte code';
  console.log(`firmware with kernels in ${kernels} built for Linux in ${(build.ms / 1000).toFixed(1)} s`);
  if (!(await passesSelftest(build))) process.exitCode = 1;
  const runs: [string, Recipe][] = [['digits', recipeOf('sparrow', 0.1, { rounds: 10, epochs: 2 })]];
  if (existsSync(values.fashion)) {
    runs.push([values.fashion, recipeOf('sparrow', 0.05, { rounds: 3, epochs: 1 })]);
  } else {
    console.log(`skipped: no data set in ${values.fashion} (data)`);
  }
  for (const [name, recipe] of runs) {
    if (!(await learn(loadDataset(name), recipe, build))) process.exitCode = 1;
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
async function learn(dataset: Dataset, recipe: Recipe, build: LinuxBuild): Promise<boolean> {
  const shards = deal(dataset.train, { partition: 'iid', clients: BOARDS, seed: SEED });
  const folder = mkdtempSync(join(tmpdir(), 'sparrow-'));
  const options = {
    dataset,
    recipe,
    shards,
    board: 'esp32',
    onLine: (device: string, line: string) => {
      if (values.verbose) console.log(`${device}: ${line}`);
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
