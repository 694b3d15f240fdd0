import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formatTotals, runTests, type Totals } from '../../../tools/test/runner.js';

const test = suite('test runner');

const UVU = `import { suite } from '${import.meta.resolve('uvu')}';\nconst test = suite('planted');\n`;
const SKIP = `import { skip } from '${new URL('../../../tools/test/skip.ts', import.meta.url)}';\n`;

/** Runs planted files, name to source, in a folder of their own. */
async function runPlanted(
  files: Record<string, string>,
  { timeoutMs = 60_000, lingerMs = undefined as number | undefined, patterns = [] as string[] } = {},
): Promise<{ totals: Totals; text: string }> {
  const root = mkdtempSync(join(tmpdir(), 'sparrow-runner-'));
  try {
    mkdirSync(join(root, 'test'));
    writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
    for (const [name, source] of Object.entries(files)) {
      writeFileSync(join(root, 'test', `${name}.test.ts`), source);
    }
    const lines: string[] = [];
    const totals = await runTests({ root, patterns, timeoutMs, lingerMs, write: (line) => lines.push(line) });
    return { totals, text: lines.join('\n') };
  } finally {
    rmSync(root, { recursive: true });
  }
}

async function failsWith(
  source: string,
  why: RegExp,
  limits: { timeoutMs?: number; lingerMs?: number } = {},
): Promise<void> {
  const { totals, text } = await runPlanted({ planted: source }, limits);
  assert.is(totals.failed, 1);
  assert.match(text, /^FAIL test\/planted\.test\.ts/);
  assert.match(text, why);
}

test('counts what passed and what failed, and prints the failure', async () => {
  const good = `${UVU}test('a', () => {});\ntest('b', () => {});\ntest.run();`;
  const bad = `${UVU}test('a', () => {});\ntest('b', () => { throw new Error('pear'); });\ntest.run();`;
  const { totals, text } = await runPlanted({ good, bad });
  assert.equal(totals, { passed: 3, failed: 1, skipped: 0 });
  assert.match(text, /ok {3}test\/good\.test\.ts +2 passed {2}\d/);
  assert.match(text, /FAIL test\/bad\.test\.ts +1 passed, 1 failed/);
  assert.match(text, 'pear');
});

test('a forgotten run is a failure', () =>
  failsWith(`${UVU}test('a', () => {});`, /no test ran: is test\.run\(\) at the end\?/));

test('a file without tests is a failure', () => failsWith(`${UVU}test.run();`, /no test in it/));

test('a test left out by .only is a failure', () =>
  failsWith(`${UVU}test('a', () => {});\ntest.only('b', () => {});\ntest.run();`, /1 tests left out/));

test('a promise that never settles is a failure', () =>
  failsWith(`${UVU}test('a', () => new Promise(() => {}));\ntest.run();`, /exit code 1|no test ran/));

test('a hook that throws is a failure', () =>
  failsWith(`${UVU}test.before(() => { throw 1; });\ntest('a', () => {});\ntest.run();`, /a hook threw/));

test('what a told hook throws is printed', () => {
  const hook = import.meta.resolve('../../../tools/test/hook.ts');
  const before = `test.before(told(() => { throw new Error('quince'); }));`;
  const source = `import { told } from '${hook}';\n${UVU}${before}\ntest('a', () => {});\ntest.run();`;
  return failsWith(source, /quince/);
});

test('a file that throws is a failure, and its reason is printed', () =>
  failsWith(`throw new Error('plum');`, /plum/));

test('an exit with a code after green tests is a failure', () =>
  failsWith(
    `${UVU}test('a', () => {});\ntest.run();\nprocess.on('exit', () => { process.exitCode = 3; });`,
    /exit code 3/,
  ));

test('a file that does not end is killed and is a failure', () =>
  failsWith(
    `${UVU}setInterval(() => {}, 1000);\ntest('a', () => new Promise(() => {}));\ntest.run();`,
    /0 passed, 1 failed .*did not end in time/,
    { timeoutMs: 3_000 },
  ));

test('a file that stays after its last test is killed, long before its time is over', async () => {
  const start = performance.now();
  const stays = "test('a', () => { throw new Error('pear'); });\ntest.run();\nsetInterval(() => {}, 1000);";
  await failsWith(`${UVU}${stays}`, /0 passed, 1 failed .*did not end after its last test.*pear/s, {
    timeoutMs: 600_000,
    lingerMs: 300,
  });
  assert.ok(performance.now() - start < 300_000);
});

test('a file that passed but stays is a failure', () =>
  failsWith(
    `${UVU}test('a', () => {});\ntest.run();\nsetInterval(() => {}, 1000);`,
    /1 passed, 1 failed .*did not end after its last test/,
    { lingerMs: 300 },
  ));

test('a skipped file is counted and its reason is shown', async () => {
  const { totals, text } = await runPlanted({
    planted: `${SKIP}${UVU}process.env.SPARROW_REQUIRE = '';\nskip('xs', 'no engine');\ntest.run();`,
  });
  assert.equal(totals, { passed: 0, failed: 0, skipped: 1 });
  assert.match(text, 'skipped: no engine (xs)');
  assert.is(formatTotals(totals), '1 skipped\n0 passed, 0 failed');
});

test('a skip of what SPARROW_REQUIRE names is a failure', () =>
  failsWith(
    `${SKIP}${UVU}process.env.SPARROW_REQUIRE = 'data,xs';\nskip('xs', 'no engine');\ntest.run();`,
    /SPARROW_REQUIRE names xs, but no engine/,
  ));

test('a pattern chooses files, and one that no file matches is a failure', async () => {
  const good = `${UVU}test('a', () => {});\ntest.run();`;
  const chosen = await runPlanted({ good, bad: 'throw 1' }, { patterns: ['goo'] });
  assert.equal(chosen.totals, { passed: 1, failed: 0, skipped: 0 });
  const none = await runPlanted({ good }, { patterns: ['pear'] });
  assert.equal(none.totals, { passed: 0, failed: 1, skipped: 0 });
});

test('the last line says how many passed and failed, one before it how many were skipped', () => {
  assert.is(formatTotals({ passed: 7, failed: 0, skipped: 0 }), '7 passed, 0 failed');
  assert.is(formatTotals({ passed: 7, failed: 2, skipped: 3 }), '3 skipped\n7 passed, 2 failed');
});

test.run();
