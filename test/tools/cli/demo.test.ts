import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeModel } from '../../../shared/protocol/model.js';
import { sparrow, temporaryFolder } from './sparrow.js';

const test = suite('demo');

const folder = temporaryFolder();
test.after(() => rmSync(folder, { recursive: true, force: true }));

const ROUND = /^ +\d+ +\d+\.\d % +\d+\.\d{3} +20\/20 +\d+\.\d KB +\d+\.\d KB +[\d,]+ \(\d+ %\) +\d+\.\d\d s$/;
const ACCURACY = /^accuracy (\d+\.\d) %$/;

let first: string | undefined;

test('a room learns digits: a line per round, and the accuracy last', async () => {
  const { code, lines, errors } = await sparrow(folder, ['demo', '--rounds', '25']);
  assert.equal(errors, []);
  assert.is(code, 0);
  assert.is(lines.filter((line) => ROUND.test(line)).length, 25, lines.join('\n'));
  first = lines.at(-1);
  const accuracy = ACCURACY.exec(first ?? '')?.[1];
  assert.ok(Number(accuracy) >= 85, `${first} after 25 rounds, expected at least 85 %`);
  assert.ok(lines.some((line) => /^20 boards in one process: .* of memory and .* per board/.test(line)));
});

test('the data folder holds the database and a final model that can be read', () => {
  assert.ok(existsSync(join(folder, 'sparrow-data', 'sparrow.db')));
  const model = decodeModel(new Uint8Array(readFileSync(join(folder, 'sparrow-data', 'final.model'))));
  assert.is(model.head.description.name, 'digits-mlp');
});

test('a second run says that all is done, and trains nothing', async () => {
  const { code, lines } = await sparrow(folder, ['demo', '--rounds', '25']);
  assert.is(code, 0);
  assert.ok(lines.includes('sparrow-data holds a finished federation of 25 rounds'), lines.join('\n'));
  assert.is(lines.filter((line) => ROUND.test(line)).length, 0);
  assert.is(lines.at(-1), first);
});

test('more rounds go on where the first run ended', async () => {
  const { code, lines } = await sparrow(folder, ['demo', '--rounds', '27']);
  assert.is(code, 0);
  const rounds = lines.filter((line) => ROUND.test(line)).map((line) => Number(line.slice(0, 5)));
  assert.equal(rounds, [26, 27]);
});

test('--new starts anew, keeps the old folder, and a checkpoint may be its beginning', async () => {
  const model = join('sparrow-data-old-1', 'final.model');
  const { code, lines } = await sparrow(folder, ['demo', '--rounds', '1', '--new', '--model', model]);
  assert.is(code, 0, lines.join('\n'));
  assert.ok(lines.includes('the earlier sparrow-data is now sparrow-data-old-1'), lines.join('\n'));
  const accuracy = ACCURACY.exec(lines.at(-1) ?? '')?.[1];
  assert.ok(
    Number(accuracy) >= 65,
    `${lines.at(-1)} after 1 round from a trained model, expected at least 65 %`,
  );
});

test('a broken and slow network changes no accuracy', async () => {
  const calm = await sparrow(folder, ['demo', '--rounds', '4', '--boards', '6', '--folder', 'calm']);
  const rough = await sparrow(folder, [
    ...['demo', '--rounds', '4', '--boards', '6', '--folder', 'rough'],
    ...['--break-bytes', '15000', '--delay', '20'],
  ]);
  assert.is(rough.code, 0, rough.lines.join('\n'));
  assert.is(rough.lines.at(-1), calm.lines.at(-1));
});

test.run();
