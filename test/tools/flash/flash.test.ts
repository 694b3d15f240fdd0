import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FlashSetup } from '../../../firmware/flash/setup.js';
import { NorChip } from '../../../tools/emulator/chip.js';
import { flashCommand } from '../../../tools/flash/command.js';
import { findPorts } from '../../../tools/flash/ports.js';
import { Folders } from '../../broker/folder.js';

const test = suite('flashing a row of boards');

const folders = new Folders();
test.after(() => folders.remove());

const SECRET = 'correct horse';

interface Said {
  readonly out: string;
  readonly error: string; // '' when all went well
}

/** The command as a person types it, in a folder of its own. */
async function flash(folder: string, words: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Said> {
  const out: string[] = [];
  const command = flashCommand({ env: { PATH: process.env.PATH, ...env }, say: (line) => out.push(line) });
  const given = ['--no-native', '--labels', join(folder, 'labels.svg'), ...words];
  let error = '';
  try {
    command.exitOverride().configureOutput({ writeErr: () => {} });
    await command.parseAsync(given, { from: 'user' });
  } catch (thrown) {
    error = (thrown as Error).message;
  }
  return { out: out.join('\n'), error };
}

/**
 * A program in the place of esptool, for who has no board: it keeps the setup that it was given, with the file's
 * permissions, and fails at the port that ends in `bad`.
 */
function standInTool(folder: string): string {
  const path = join(folder, 'esptool');
  writeFileSync(
    path,
    `#!${process.execPath}
const { copyFileSync, statSync, writeFileSync } = require('node:fs');
const words = process.argv.slice(2);
const port = words[words.indexOf('--port') + 1].split('/').at(-1);
if (port === 'bad') {
  console.log('A fatal error occurred: Failed to connect to ESP32: No serial data received.');
  process.exit(2);
}
const setup = words[words.indexOf('0x370000') + 1];
copyFileSync(setup, ${JSON.stringify(folder)} + '/' + port + '.setup');
writeFileSync(${JSON.stringify(folder)} + '/' + port + '.json', JSON.stringify({ setup, mode: statSync(setup).mode & 0o777 }));
console.log('MAC: a4:d1:8c:00:00:01');
`,
  );
  chmodSync(path, 0o755);
  return path;
}

function portsIn(folder: string, names: readonly string[]): string[] {
  return names.map((name) => {
    const path = join(folder, name);
    writeFileSync(path, '');
    return path;
  });
}

function setupIn(path: string) {
  const bytes = readFileSync(path);
  const chip = new NorChip(bytes.length);
  chip.write(0, bytes);
  return new FlashSetup(chip).load();
}

test('a board that fails does not stop the others; setups are told apart, secret, and gone afterwards', async () => {
  const folder = folders.make();
  const ports = portsIn(folder, ['a', 'bad', 'c']);
  const said = await flash(
    folder,
    [
      ...['--no-build', '--esptool', standInTool(folder), '--ssid', 'home', '--code', 'ABC-123'],
      ...['--name', 'desk-{n}', '--port', ...ports],
    ],
    { SPARROW_WIFI_PASSWORD: SECRET },
  );
  assert.is(said.error, '1 of 3 boards not flashed');
  assert.match(said.out, /^2 of 3 boards flashed$/m);
  assert.match(said.out, /^ {2}desk-2 .*bad: A fatal error occurred: Failed to connect to ESP32/m);
  assert.match(said.out, /^desk-3 {2}digits {2}ABC-123$/m);
  assert.not.match(said.out, /^desk-2 {2}digits/m);
  for (const [port, device] of [
    ['a', 'desk-1'],
    ['c', 'desk-3'],
  ]) {
    assert.equal(setupIn(join(folder, `${port}.setup`)), {
      device,
      ssid: 'home',
      password: SECRET,
      task: 'digits',
      code: 'ABC-123',
    });
    const { setup, mode } = JSON.parse(readFileSync(join(folder, `${port}.json`), 'utf8'));
    assert.is(mode, 0o600);
    assert.not.ok(existsSync(setup), setup);
  }
  assert.not.ok((said.out + said.error).includes(SECRET));
  assert.is(statSync(join(folder, 'labels.svg')).mode & 0o777, 0o600);
  assert.ok(readFileSync(join(folder, 'labels.svg'), 'utf8').includes('>desk-3<'));
});

test('a board without a name is called after its chip', async () => {
  const folder = folders.make();
  const [port] = portsIn(folder, ['a']);
  const said = await flash(folder, [
    '--no-build',
    '--esptool',
    standInTool(folder),
    '--ssid',
    'home',
    '--port',
    port,
  ]);
  assert.is(said.error, '');
  assert.match(said.out, /^esp32-a4d18c000001 {2}digits$/m);
});

const MISUSE: Readonly<Record<string, [readonly string[], RegExp]>> = {
  'no Wi-Fi': [[], /required option '--ssid <name>' not specified/],
  'a port that is not there': [
    ['--no-build', '--ssid', 'home', '--port', '/dev/none'],
    /^port \/dev\/none is not there; plugged in\?$/m,
  ],
  'a short password': [
    ['--dry-run', '--ssid', 'home', '--password', 'short', '--port', 'a'],
    /^password of the Wi-Fi, expected 8 characters or more$/m,
  ],
  'one name for two boards': [
    ['--dry-run', '--ssid', 'home', '--name', 'desk', '--port', 'a', 'b'],
    /^name desk for 2 boards, expected \{n\} in it/m,
  ],
  'another kind of chip': [
    ['--dry-run', '--ssid', 'home', '--target', 'pico', '--port', 'a'],
    /^target pico, expected one such as esp32\/nodemcu$/m,
  ],
  'fewer parts than boards': [
    ['--dry-run', '--ssid', 'home', '--shard', 'digits', '--clients', '2', '--port', 'a', 'b', 'c'],
    /^board 3 of 2 parts, expected --clients 3 or more$/m,
  ],
  'no SDK, or none of ESP-IDF': [
    ['--ssid', 'home', '--port', 'a'],
    /^(the Moddable SDK .*|ESP-IDF is not active, IDF_PATH is not set: source its export\.sh in this terminal)$/m,
  ],
  'no esptool': [
    ['--no-build', '--ssid', 'home', '--esptool', 'no-such-tool', '--port', 'a'],
    /a: no-such-tool does not start: /,
  ],
};

for (const [what, [words, expected]] of Object.entries(MISUSE)) {
  test(`${what} is one clear line`, async () => {
    const folder = folders.make();
    portsIn(folder, ['a', 'b', 'c']);
    const { out, error } = await flash(
      folder,
      words.map((word) => (/^[abc]$/.test(word) ? join(folder, word) : word)),
    );
    assert.not.ok(error === '' || error.includes('\n'), error);
    assert.match(`${out}\n${error}`, expected);
  });
}

test('the same port under two names is refused', async () => {
  const folder = folders.make();
  const [port] = portsIn(folder, ['ttyUSB0']);
  symlinkSync(port, join(folder, 'again'));
  const { error } = await flash(folder, [
    '--no-build',
    '--ssid',
    'home',
    '--port',
    port,
    join(folder, 'again'),
  ]);
  assert.match(error, /again is the same as .*ttyUSB0, expected each once$/m);
});

test('serial ports are found once each, by their steadiest name', async () => {
  const folder = folders.make();
  portsIn(folder, ['ttyUSB0', 'ttyACM0', 'ttyS0', 'null', 'cu.usbserial-10']);
  mkdirSync(join(folder, 'serial/by-id'), { recursive: true });
  symlinkSync(join(folder, 'ttyUSB0'), join(folder, 'serial/by-id/usb-Silicon_Labs_CP2104-if00'));
  assert.equal(
    findPorts(folder).map((port) => port.slice(folder.length + 1)),
    ['cu.usbserial-10', 'serial/by-id/usb-Silicon_Labs_CP2104-if00', 'ttyACM0'],
  );
});

test.run();
