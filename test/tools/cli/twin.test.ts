import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadDataset } from '../../../tools/datasets/dataset.js';
import { formatFld } from '../../../tools/datasets/fld.js';
import { split } from '../../../tools/datasets/split.js';
import { until } from '../../broker/mqtt/clients.js';
import { MAIN, sparrow, temporaryFolder } from './sparrow.js';

const test = suite('live twin');

const folder = temporaryFolder();
const processes: ChildProcess[] = [];
test.after(() => {
  for (const child of processes) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const BOARDS = ['--boards', '2', '--partition', 'iid'];
const TWIN = 'emu-0002';
const ROUNDS = 3;

/** A command that runs on, in a process of its own. */
class Running {
  readonly lines: string[] = [];
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;

  constructor(args: readonly string[]) {
    const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), MAIN, ...args], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    processes.push(child);
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => this.lines.push(line));
    }
    this.ended = new Promise((resolve) => child.once('close', resolve));
  }

  /** The first line that matches. */
  async line(pattern: RegExp): Promise<string> {
    const found = () => this.lines.find((line) => pattern.test(line));
    await until(() => found() !== undefined, `${pattern}`).catch((error: Error) => {
      throw new Error(`${error.message}:\n${this.lines.join('\n')}`);
    });
    return found() as string;
  }

  /** As Ctrl-C. @returns the exit code */
  async stop(): Promise<number | null> {
    this.#child.kill('SIGINT');
    return await this.ended;
  }
}

/** A broker, a shadow and a room, each in its own process. @param data of the room */
async function federate(
  name: string,
  data: string,
  twins = true,
): Promise<{ shadow: Running; room: Running }> {
  const broker = new Running([
    ...['broker', '--folder', name, '--host', '127.0.0.1', '--port', '0', '--no-announce'],
    ...['--rounds', String(ROUNDS), '--cohort', '2', '--minimum', '2', '--gather', '0'],
    ...(twins ? ['--twins'] : []),
  ]);
  const listening = await broker.line(/, port \d+; /);
  const address = `127.0.0.1:${/port (\d+);/.exec(listening)?.[1]}`;
  const shadow = new Running(['emulate', '--broker', address, ...BOARDS, '--shadow', '--twin', TWIN]);
  await shadow.line(twins ? /^twin of emu-0002: listens at / : /^broker keeps /);
  const room = new Running(['emulate', '--broker', address, ...BOARDS, '--data', data]);
  if (twins) assert.is(await broker.ended, 0, broker.lines.join('\n'));
  else await broker.stop();
  return { shadow, room };
}

/** The digits with one bit of one pixel changed, in an example of the twin's board. */
function changedDigits(): string {
  const { train, test: others } = loadDataset('digits');
  const [, own] = split(train, { partition: 'iid', clients: 2, seed: 1 });
  const first = new Uint8Array(own.features);
  own.read(0, first);
  const { featureCount } = train;
  const features = Uint8Array.from(train.features);
  const at = Array.from({ length: train.count }, (_, i) => i).filter((i) =>
    first.every((value, j) => features[i * featureCount + j] === value),
  );
  assert.is(at.length, 1);
  features[at[0] * featureCount + 20] ^= 4;
  const path = join(folder, 'digits'); // the task is named after it
  mkdirSync(path);
  writeFileSync(join(path, 'train.fld'), formatFld({ ...train, features }));
  writeFileSync(join(path, 'test.fld'), formatFld(others));
  return path;
}

test('a shadow in another process makes every update of a running board again, and ends well', async () => {
  const { shadow, room } = await federate('equal', 'digits');
  await shadow.line(new RegExp(`^twin of ${TWIN}, round ${ROUNDS} `));
  assert.is(await shadow.stop(), 0);
  const compared = shadow.lines.filter((line) => /round \d attempt 1: the same \d+ B$/.test(line));
  assert.is(compared.length, ROUNDS, shadow.lines.join('\n'));
  assert.is(shadow.lines.at(-1), `twin of ${TWIN}: ${ROUNDS} updates, all the same`);
  assert.is(await room.stop(), 0);
});

test('one bit of one example on the board: the shadow raises an alarm at round 1 and ends with code 1', async () => {
  const { shadow, room } = await federate('changed', changedDigits());
  assert.is(await shadow.ended, 1);
  await room.stop();
  const alarms = shadow.lines.filter((line) => line.startsWith('ALARM: '));
  assert.match(
    alarms[0],
    /^ALARM: twin of emu-0002, round 1 attempt 1 made another update: first at byte \d+/,
  );
  assert.is(shadow.lines.filter((line) => / round [23] /.test(line)).length, 0);
});

test('a broker without --twins: the shadow says so and ends with code 1', async () => {
  const { shadow, room } = await federate('alone', 'digits', false);
  assert.is(await shadow.ended, 1);
  await room.stop();
  assert.match(
    shadow.lines[0],
    /^broker keeps fl\/1\/digits\/update\/emu-0002 to itself, expected one that was started with --twins$/,
  );
});

const MISTAKES: readonly (readonly [string, readonly string[], RegExp])[] = [
  ['a shadow of nobody', ['emulate', '--shadow'], /^sparrow: twin none, expected --twin with the name/],
  [
    'a twin that has no examples',
    ['emulate', '--shadow', '--twin', 'esp32-kitchen'],
    /^sparrow: twin esp32-kitchen, expected emu-0001 to emu-0020, or --shard with its part of the data$/,
  ],
  [
    'a shard that is not there',
    ['emulate', '--shadow', '--twin', 'esp32-kitchen', '--shard', '21'],
    /^sparrow: shard 21, expected 1 to 20$/,
  ],
  [
    'a twin of no board of a demo',
    ['demo', '--twin', 'emu-0021'],
    /^sparrow: twin emu-0021, expected emu-0001/,
  ],
];

for (const [name, args, message] of MISTAKES) {
  test(`${name} is told in one line`, async () => {
    const { code, errors } = await sparrow(folder, args);
    assert.is(code, 1);
    assert.is(errors.length, 1, errors.join('\n'));
    assert.match(errors[0], message);
  });
}

test.run();
