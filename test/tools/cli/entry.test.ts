import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Ended, runScript, temporaryFolder } from './sparrow.js';

const test = suite('command lines of npm scripts');

const ROOT = join(import.meta.dirname, '../../..');
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Readonly<Record<string, string>>;
};

/** Passed on to other programs, or commands that have tests of their own: mistake.test.ts, flash.test.ts. */
const OTHERS: ReadonlySet<string> = new Set(['firmware', 'check', 'sparrow', 'flash']);
const SPARROW = /^tsx tools\/cli\/main\.ts ./;
const SCRIPTS = Object.keys(scripts).filter((name) => !OTHERS.has(name) && !SPARROW.test(scripts[name]));

const folder = temporaryFolder();
test.after(() => rmSync(folder, { recursive: true, force: true }));
mkdirSync(join(folder, 'empty'));
writeFileSync(join(folder, 'broken.json'), '{\n"kernels": {\n');
const CONTENT = ['broken.json', 'empty'];

/** Wrong words by script, one or more for each, and the line that they give after the script's name. */
const WRONG: Readonly<Record<string, readonly (readonly [string, RegExp])[]>> = {
  sparrow: [['bogus', /^unknown command 'bogus', expected one that --help lists$/]],
  flash: [['--ssid x --first 0', /argument '0' is invalid\. Expected an integer from 1 to 65535\.$/]],
  bench: [
    ['--jobs x', /^option '--jobs <n>' argument 'x' is invalid\. Expected an integer from 1 to 64\.$/],
    ['--chek', /^unknown option '--chek', did you mean --check\?$/],
    ['--check --tables', /^option '--tables' cannot be used with option '--check'$/],
    [
      '--check --peers nowhere',
      /'--peers <folder>' argument 'nowhere' is invalid\. Expected a folder that exists/,
    ],
    [
      '--check --baseline nowhere',
      /^baseline nowhere: no such file, expected one of this bench, or \{\} to /,
    ],
    ['--check --baseline broken.json', /^broken\.json: no JSON, expected figures by engine$/],
    ['--check --only nothing', /^only nothing, expected part of a row's name such as "kernels: 256-64-10"$/],
  ],
  'bench:aggregation': [['more', /^argument 'more', expected none$/]],
  'bench:wire': [['more', /^argument 'more', expected none$/]],
  'bench:kernels': [
    ['--only nothing', /^only nothing, expected part of "swat 0\.05, batch 1", /],
    ['--optimize fast', /argument 'fast' is invalid\. Allowed choices are -O0, -O1, -O2, -O3, -Os\.$/],
  ],
  kernels: [
    [
      'broken.json/new',
      /^command-argument value 'broken\.json\/new' is invalid .* Expected a folder, or a place/,
    ],
    ['one two', /^argument 'two', expected at most 1$/],
  ],
  test: [
    ['--timeout x', /^option '--timeout <seconds>' argument 'x' is invalid\. Expected a number above 0, to /],
    ['--timeout 0 imports', /argument '0' is invalid\. Expected a number above 0, to 2147483\.$/],
    ['--timeot 5 imports', /^unknown option '--timeot', did you mean --timeout\?$/],
  ],
  'firmware:check': [['nodemcu esp8266', /'esp8266' is invalid .* Allowed choices are nodemcu, esp32s3, /]],
  'firmware:linux': [
    [
      '--fashion nowhere',
      /'--fashion <folder>' argument 'nowhere' is invalid\. Expected a folder that exists/,
    ],
    ['--fashion empty', /^data set empty: no train\.fld, expected it, /],
  ],
  'firmware:network': [
    ['--out broken.json', /argument 'broken\.json' is invalid\. Expected a folder, or a place/],
  ],
  'firmware:update': [
    ['--out broken.json/new', /'broken\.json\/new' is invalid\. Expected a folder, or a place/],
  ],
  'firmware:tls': [['--verbose=yes', /'--verbose=yes'/]],
  'firmware:preload': [['more', /^argument 'more', expected none$/]],
};

/** What the scripts write where no folder is named. */
const WRITTEN = [
  'docs/benchmarks.md',
  'tools/bench/baseline.json',
  'firmware/ports/moddable/manifests/preload.json',
].map((path) => join(ROOT, path));
const times = () => WRITTEN.map((path) => statSync(path).mtimeMs);

/** As many processes at once as there are tests would take each other's time. */
const AT_ONCE = 4;

interface Started {
  readonly script: string;
  readonly words: string;
}

/** Without the SDK: a script that looks for it before it knows its words would end well. */
async function runAll(all: readonly Started[]): Promise<readonly (Started & Ended)[]> {
  const { MODDABLE: _, ...env } = process.env;
  const ended: (Started & Ended)[] = [];
  const queue = all.values();
  const worker = async () => {
    for (const { script, words } of queue) {
      const [, file] = scripts[script].split(' ');
      const args = words.split(' ').filter((word) => word !== '');
      ended.push({ script, words, ...(await runScript(join(ROOT, file), folder, args, env)) });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return ended;
}

test('every script has a wrong word here', () => {
  assert.equal(Object.keys(WRONG).sort(), [...SCRIPTS, 'sparrow', 'flash'].sort());
});

test('every script tells what it can be asked for', async () => {
  for (const { script, code, lines, errors } of await runAll(
    SCRIPTS.map((script) => ({ script, words: '--help' })),
  )) {
    assert.is(code, 0, script);
    assert.equal(errors, []);
    assert.match(lines[0], new RegExp(`^Usage: ${script} `));
    assert.ok(lines.length > 3, script);
  }
});

test('an unknown option is told in one line, and nothing is done', async () => {
  const before = times();
  for (const { script, ...ended } of await runAll(SCRIPTS.map((script) => ({ script, words: '--bogus' })))) {
    const line = `${script}: unknown option '--bogus', expected one that --help lists`;
    assert.equal({ ...ended }, { words: '--bogus', code: 1, lines: [], errors: [line] });
  }
  assert.equal(readdirSync(folder).sort(), CONTENT);
  assert.equal(times(), before);
});

test('wrong words are told in one line, and nothing is done', async () => {
  const before = times();
  const wrong = Object.entries(WRONG).flatMap(([script, cases]) =>
    cases.map(([words, message]) => ({ script, words, message })),
  );
  for (const { script, words, code, lines, errors } of await runAll(wrong)) {
    const { message } = wrong.find((one) => one.script === script && one.words === words)!;
    assert.is(code, 1, `${script} ${words}`);
    assert.equal(lines, []);
    assert.is(errors.length, 1, errors.join('\n'));
    assert.ok(errors[0].startsWith(`${script}: `), errors[0]);
    assert.match(errors[0].slice(script.length + 2), message);
  }
  assert.equal(readdirSync(folder).sort(), CONTENT);
  assert.equal(times(), before);
});

test('a defect keeps its stack', async () => {
  const file = join(folder, 'empty', 'defect.mts');
  const entry = join(ROOT, 'tools/cli/entry.ts');
  const commander = import.meta.resolve('commander');
  writeFileSync(
    file,
    `import { Command } from '${commander}';
    import { runCommand } from '${entry}';
    const command = new Command('planted').argument('<what>').action((what) => {
      throw what === 'defect' ? new TypeError('pear') : new RangeError('plum');
    });
    await runCommand(command);`,
  );
  const defect = await runScript(file, folder, ['defect']);
  assert.is(defect.code, 1);
  assert.match(defect.errors[0], /^TypeError: pear$/);
  assert.match(defect.errors[1], /^ +at .*defect\.mts/);
  const mistake = await runScript(file, folder, ['mistake']);
  assert.equal(mistake, { code: 1, lines: [], errors: ['planted: plum'] });
});

test.run();
