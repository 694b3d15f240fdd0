/**
 * `npm run firmware:tls`: boards of the SDK's Linux build with TLS, on the real broker. A federation over TLS
 * must end with the model of one without, byte for byte, with links cut and without; a broker that the
 * firmware should not trust must get nothing but a refusal and another try. Where there is no SDK it
 * says so and ends well.
 * @module
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startBroker } from '../../broker/main.js';
import type { CredentialFiles } from '../../broker/mqtt/credentials.js';
import { Random } from '../../shared/fixed/random.js';
import { type Recipe, recipeOf } from '../../shared/model/recipe.js';
import { type Identity, makeAuthority, makeBroker } from '../certificate/certificate.js';
import { loadDataset } from '../datasets/dataset.js';
import { modelFor, taskName } from '../datasets/model.js';
import { deal } from '../datasets/split.js';
import { LinuxBoard } from './board.js';
import { buildForLinux, type LinuxBuild } from './build.js';
import { type FederationRun, runFederation, type Trouble } from './federation.js';
import { findSdk } from './sdk.js';
import { secureManifest } from './securemanifest.js';
import { formatShard } from './shard.js';

const BOARDS = 3;
const ON_LINUX = 2;
const SEED = 1;
const CUTS = 20;
/** About what a board sends, or gets, in a round; the handshake has 2 KB. */
const CUT_BYTES = 8000;
const QUICK = { backoffFirstMs: 50, backoffMaxMs: 400, downloadMs: 3000, acknowledgeMs: 5000 };
const TRIES = 4;
const PATIENCE_MS = 120_000;
const DAY_MS = 86_400_000;
const HOST = '127.0.0.1';

const dataset = loadDataset('digits');
const shards = deal(dataset.train, { partition: 'iid', clients: BOARDS * 3, seed: SEED }).slice(0, BOARDS);

export interface SecureOptions {
  readonly out: string; // folder for what is built
  readonly verbose: boolean;
}

interface Stage {
  readonly build: LinuxBuild;
  readonly ca: Identity;
  readonly folder: string;
  readonly verbose: boolean;
}

export async function compareWithTls({ out, verbose }: SecureOptions): Promise<void> {
  const sdk = findSdk();
  if (typeof sdk === 'string') {
    console.log(`skipped: ${sdk} (moddable)`);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'sparrow-'));
  try {
    const ca = authority();
    const caFile = join(folder, 'ca.pem');
    writeFileSync(caFile, ca.certificate);
    const build = await buildForLinux(sdk, secureManifest(caFile, join(folder, 'manifest')), resolve(out));
    const stage = { build, ca, folder, verbose };
    await learn(stage);
    await refuse(stage);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function learn({ build, ca, folder, verbose }: Stage): Promise<void> {
  const files = written(folder, 'broker', makeBroker(ca, [HOST], 30));
  const federate = (name: string, recipe: Recipe, isSecure: boolean, trouble?: Trouble) =>
    runFederation({
      dataset,
      recipe,
      shards,
      board: 'esp32',
      folder: join(folder, name),
      sdk: isSecure ? { build, count: ON_LINUX } : undefined,
      settings: QUICK,
      trouble,
      tls: isSecure ? { files, ca: ca.certificate } : undefined,
      onLine: (device, line) => {
        if (verbose) console.log(`${device}: ${line}`);
      },
    });
  const few = recipeOf('sparrow', 0.1, { rounds: 3, epochs: 2 });
  const plain = await federate('plain', few, false);
  tell('over TLS', await federate('secure', few, true), plain);
  const many = recipeOf('dense', 1, { rounds: 8, epochs: 1 });
  const calm = await federate('calm', many, false);
  const cut = await federate('cut', many, true, { nextCut: cutsFrom(new Random(SEED)) });
  tell(`over TLS, ${cut.cuts} links cut`, cut, calm);
}

function tell(what: string, run: FederationRun, plain: FederationRun): void {
  const isSame = run.model.equals(plain.model);
  console.log(
    `${what}: ${run.summary.rounds} of ${plain.summary.rounds} rounds in ${(run.summary.ms / 1000).toFixed(1)} s, ` +
      `final model ${isSame ? 'identical to' : 'OTHER than'} that without TLS${isSame ? '' : ': FAILED'}`,
  );
  for (const [device, use] of run.memory) {
    console.log(
      `  ${device}: at most ${use.chunkBytes} of ${use.chunkLimit} B of chunks and ` +
        `${use.slots} of ${use.slotLimit} slots reachable`,
    );
  }
  if (!isSame) process.exitCode = 1;
}

/** Brokers that are not the one that the firmware trusts. */
async function refuse(stage: Stage): Promise<void> {
  const { ca, folder } = stage;
  const other = authority();
  const forged = makeBroker(other, [HOST], 30);
  const own = forged.certificate.slice(0, forged.certificate.indexOf(other.certificate));
  const cases: [string, Identity | undefined, RegExp][] = [
    ['another authority', forged, /certificate of another authority, expected one of that in this firmware/],
    [
      'a forged certificate before the true authority’s',
      { certificate: `${own}${ca.certificate}`, key: forged.key },
      /certificate of another authority, expected one of that in this firmware/,
    ],
    [
      'another name',
      makeBroker(ca, ['elsewhere.local'], 30),
      /certificate for elsewhere\.local, expected one for 127\.0\.0\.1/,
    ],
    ['no TLS at that port', undefined, /closed \((lost|refused|no TLS)/],
  ];
  for (const [index, [what, identity, expected]] of cases.entries()) {
    const place = join(folder, `refused-${index}`);
    const lines = await refusals(
      { ...stage, folder: place },
      identity && written(folder, `refused-${index}`, identity),
    );
    const good = lines.filter((line) => expected.test(line) && /next try in \d+ ms$/.test(line));
    console.log(`${what}: ${good.length} of ${lines.length} tries refused: ${lines[0]}`);
    if (good.length === lines.length && lines.length >= TRIES) continue;
    console.log(`FAILED, expected each to be refused: ${lines.join('\n')}`);
    process.exitCode = 1;
  }
}

/** What a board says of its first tries at a broker. @param files left out: a broker without TLS */
async function refusals({ build, folder, verbose }: Stage, files?: CredentialFiles): Promise<string[]> {
  const task = taskName(dataset.name);
  mkdirSync(folder);
  const broker = await startBroker(
    {
      task,
      taskSeed: SEED,
      recipe: recipeOf('sparrow', 0.1, { rounds: 1 }),
      description: modelFor(dataset),
      folder: join(folder, 'broker'),
      host: HOST,
      port: files === undefined ? 0 : undefined,
      tls: files && { ...files, port: 0 },
      cohort: 1,
      goal: 1,
      minimum: 1,
      deadlineMs: 0,
      gatherMs: 0,
      maxDevices: 1,
    },
    {
      onEvent: (event) => {
        if (event.kind === 'device') lines.push('the board joined');
      },
      log: () => {},
    },
  );
  const lines: string[] = [];
  let enough = () => {};
  const said = new Promise<void>((resolve) => {
    enough = resolve;
  });
  const board = new LinuxBoard({
    build,
    folder: join(folder, 'board'),
    device: 'board-1',
    board: 'esp32',
    task,
    port: broker.port,
    shard: formatShard(dataset.train, shards[0]),
    settings: QUICK,
    onLine(line) {
      if (verbose) console.log(line);
      if (!line.startsWith('connection closed') || lines.push(line) < TRIES) return;
      enough();
    },
  });
  board.start();
  const overdue = setTimeout(enough, PATIENCE_MS);
  await Promise.race([said, board.died.then((reason) => lines.push(reason))]);
  clearTimeout(overdue);
  await board.stop();
  await broker.close();
  return lines;
}

function authority(): Identity {
  return makeAuthority('Sparrow authority', { from: new Date(Date.now() - DAY_MS), days: 3650 });
}

function written(folder: string, name: string, { certificate, key }: Identity): CredentialFiles {
  const files = { cert: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) };
  writeFileSync(files.cert, certificate);
  writeFileSync(files.key, key);
  return files;
}

/** One cut for each connection, until there were enough. */
function cutsFrom(random: Random) {
  let left = CUTS;
  return () => {
    if (left === 0) return undefined;
    left -= 1;
    return { direction: random.below(2) === 0 ? 'up' : 'down', bytes: random.below(CUT_BYTES) } as const;
  };
}
