/**
 * `npm run firmware:network`: boards of the SDK's Linux build on a network that fails. Links are cut in the
 * middle of what goes up and down, the broker goes and comes back, the keep-alive is far shorter than a
 * round. Each time every round must finish, and the final model must be the one of a calm federation,
 * byte for byte: an update that was lost or counted twice would change it. At the end, what a board says of
 * itself to a bare server: keep-alive and will. Where there is no SDK it says
 * so and ends well.
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Random } from '../../shared/fixed/random.js';
import { type Recipe, recipeOf } from '../../shared/model/recipe.js';
import { loadDataset } from '../datasets/dataset.js';
import { taskName } from '../datasets/model.js';
import { deal } from '../datasets/split.js';
import { buildForLinux } from './build.js';
import { type FederationRun, runFederation, type Trouble } from './federation.js';
import { BYTE_CODE } from './manifest.js';
import { GOOD, type Manners, mannersOf } from './manners.js';
import type { Cut } from './proxy.js';
import { findSdk } from './sdk.js';
import { formatShard } from './shard.js';

const BOARDS = 3;
const ON_LINUX = 2;
const SEED = 1;
const CUTS = 50;
/** About what a board sends, or gets, in a round. */
const CUT_BYTES = 6000;
const RESTARTS = 20;

/** As on a board, but it does not rest long between two tries. */
const QUICK = { backoffFirstMs: 50, backoffMaxMs: 400, downloadMs: 2000, acknowledgeMs: 5000 };

export interface NetworkOptions {
  readonly out: string; // folder for what is built
  readonly verbose: boolean;
}

export async function troubleNetwork({ out, verbose }: NetworkOptions): Promise<void> {
  const sdk = findSdk();
  if (typeof sdk === 'string') {
    console.log(`skipped: ${sdk} (moddable)`);
    return;
  }
  const build = await buildForLinux(sdk, BYTE_CODE, resolve(out));
  const dataset = loadDataset('digits');
  const shards = deal(dataset.train, { partition: 'iid', clients: BOARDS * 3, seed: SEED }).slice(0, BOARDS);
  const folder = mkdtempSync(join(tmpdir(), 'sparrow-'));
  const federate = (name: string, recipe: Recipe, onLinux: number, settings: object, trouble?: Trouble) =>
    runFederation({
      dataset,
      recipe,
      shards,
      board: 'esp32',
      folder: join(folder, name),
      sdk: { build, count: onLinux },
      settings,
      trouble,
      onLine: (device, line) => {
        if (verbose) console.log(`${device}: ${line}`);
      },
    });
  try {
    const many = recipeOf('dense', 1, { rounds: 24, epochs: 1 });
    const calm = await federate('calm', many, 0, {});
    const cut = await federate('cut', many, ON_LINUX, QUICK, { nextCut: cutsFrom(new Random(SEED)) });
    tell(`${cut.cuts} links cut up and down`, cut, calm, cut.cuts === CUTS);
    const random = new Random(SEED);
    const restarted = await federate('restarted', many, ON_LINUX, QUICK, {
      restarts: RESTARTS,
      restAfterMs: () => 100 + random.below(900),
    });
    tell(`broker restarted ${restarted.restarts} times`, restarted, calm, restarted.restarts === RESTARTS);
    const long = recipeOf('dense', 1, { rounds: 2, epochs: 30 });
    const short = { ...QUICK, keepAliveMs: 1000 };
    const kept = await federate('kept', long, ON_LINUX, short);
    tell('keep-alive of 1 s', kept, await federate('calm-long', long, 0, {}), true);
    const shard = formatShard(dataset.train, shards[0]);
    const task = taskName(dataset.name);
    tellManners(await mannersOf({ build, folder: join(folder, 'manners'), board: 'esp32', task, shard }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One cut for each connection, until there were enough. */
function cutsFrom(random: Random): () => Cut | undefined {
  let left = CUTS;
  return () => {
    if (left === 0) return undefined;
    left -= 1;
    return { direction: random.below(2) === 0 ? 'up' : 'down', bytes: random.below(CUT_BYTES) };
  };
}

function tellManners({ keepAliveS, willsOnLeave, willsOnCut }: Manners): void {
  const isGood =
    keepAliveS === GOOD.keepAliveS && willsOnLeave === GOOD.willsOnLeave && willsOnCut === GOOD.willsOnCut;
  console.log(
    `CONNECT with a keep-alive of ${keepAliveS} s, ${willsOnLeave} wills after leaving, ${willsOnCut} after a cut` +
      `${isGood ? '' : `: FAILED, expected ${JSON.stringify(GOOD)}`}`,
  );
  if (!isGood) process.exitCode = 1;
}

function tell(trouble: string, run: FederationRun, calm: FederationRun, wasDone: boolean): void {
  const isSame = run.model.equals(calm.model);
  const isGood = isSame && wasDone && run.summary.rounds === calm.summary.rounds;
  console.log(
    `${trouble}: ${run.summary.rounds} of ${calm.summary.rounds} rounds in ${(run.summary.ms / 1000).toFixed(1)} s, ` +
      `final model ${isSame ? 'identical to' : 'OTHER than'} that of the calm federation${isGood ? '' : ': FAILED'}`,
  );
  if (!isGood) process.exitCode = 1;
}
