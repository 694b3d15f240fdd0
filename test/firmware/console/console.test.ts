import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ConsoleOptions, runLine } from '../../../firmware/console/console.js';
import { LineReader, wordsOf } from '../../../firmware/console/line.js';
import { FlashSetup } from '../../../firmware/flash/setup.js';
import { NorChip, SECTOR_BYTES } from '../../../tools/emulator/chip.js';

const test = suite('console');

class Desk {
  readonly setup = new FlashSetup(new NorChip(2 * SECTOR_BYTES));
  readonly said: string[] = [];
  restarts = 0;
  label: number | undefined;

  /** What the board answers to a line. */
  type(line: string, changes: Partial<ConsoleOptions> = {}): string {
    this.said.length = 0;
    runLine(line, {
      setup: this.setup,
      say: (text) => this.said.push(text),
      status: () => ['round 7, training'],
      label: (label) => {
        if (label !== undefined && !(label >= 0 && label < 4))
          throw new RangeError(`label ${label}, expected 0 to 3`);
        this.label = label;
      },
      restart: () => {
        this.restarts += 1;
      },
      ...changes,
    });
    return this.said.join('\n');
  }
}

test('a person sets Wi-Fi, broker, task, name and code, and they are kept', () => {
  const desk = new Desk();
  assert.is(
    desk.type('wifi "The Bäckerei" "pass word"'),
    'wifi "The Bäckerei" with password: kept; say reset to use it',
  );
  desk.type('broker 192.168.1.10:1884');
  desk.type('task digits');
  desk.type('name kitchen-1');
  desk.type('code plum');
  assert.equal(desk.setup.load(), {
    ssid: 'The Bäckerei',
    password: 'pass word',
    broker: '192.168.1.10:1884',
    task: 'digits',
    device: 'kitchen-1',
    code: 'plum',
  });
  assert.match(desk.type('broker auto'), /broker auto: kept/);
  assert.match(desk.type('wifi open'), /wifi "open" without password: kept/);
  const { broker, password, ssid } = desk.setup.load();
  assert.equal([broker, password, ssid], [undefined, undefined, 'open']);
});

test('a broker is told as a host, with a port, and with or without TLS', () => {
  const desk = new Desk();
  for (const place of ['desk.lan', 'desk.lan:1884', 'mqtt://desk.lan', 'mqtts://192.168.1.10:8884']) {
    assert.is(desk.type(`broker ${place}`), `broker ${place}: kept; say reset to use it`);
    assert.is(desk.setup.load().broker, place);
    assert.match(desk.type('status'), new RegExp(`broker ${place},`));
  }
});

test('status tells what there is, but no password and no code', () => {
  const desk = new Desk();
  assert.is(desk.type('status'), 'round 7, training\nwifi not set, broker auto, task not set');
  desk.type('wifi home secret-word');
  desk.type('code plum');
  const status = desk.type('  status ');
  assert.match(status, /wifi "home"/);
  assert.match(status, /join code set/);
  assert.not.match(status, /secret|plum/);
});

test('help names every command', () => {
  const help = new Desk().type('help');
  for (const word of ['status', 'label', 'reset', 'wifi', 'broker', 'task', 'name', 'code', 'forget']) {
    assert.match(help, new RegExp(`^${word}`, 'm'));
  }
});

test('a label is chosen and given up; a board without a sensor says so', () => {
  const desk = new Desk();
  assert.is(desk.type('label 2'), 'windows are recorded as 2');
  assert.is(desk.label, 2);
  assert.is(desk.type('label 4'), 'label 4, expected 0 to 3');
  assert.is(desk.type('label off'), 'windows are not recorded');
  assert.is(desk.label, undefined);
  assert.is(desk.type('label 1', { label: undefined }), 'no sensor on this board');
});

test('reset restarts, forget leaves nothing', () => {
  const desk = new Desk();
  desk.type('wifi home secret-word');
  assert.match(desk.type('forget'), /all settings forgotten/);
  assert.equal(desk.setup.load(), {});
  assert.is(desk.type('reset'), 'restarting');
  assert.is(desk.restarts, 1);
});

test('mistakes are answered and change nothing', () => {
  const desk = new Desk();
  for (const [line, answer] of [
    ['', ''],
    ['plum', 'plum? Try help.'],
    ['constructor', 'constructor? Try help.'],
    ['wifi', 'say: wifi <name> [password]'],
    ['wifi home short', 'password, expected 8 characters or more'],
    ['wifi "home', 'a quote is not closed'],
    ['wifi a b c', 'say: wifi <name> [password]'],
    ['broker host:0', 'broker host:0, expected host:port, such as 192.168.1.10:1883'],
    ['broker a/b', 'broker a/b, expected host:port, such as 192.168.1.10:1883'],
    ['broker http://desk', 'broker http://desk, expected host:port, such as 192.168.1.10:1883'],
    ['broker mqtts://desk:65536', 'broker mqtts://desk:65536, expected host:port, such as 192.168.1.10:1883'],
    ['task Digits', 'task "Digits", expected 1 to 32 of a-z, 0-9 and -'],
    ['name ', 'say: name <name>'],
    [`wifi ${'ä'.repeat(17)}`, 'ssid of 34 bytes, expected at most 32'],
  ]) {
    assert.is(desk.type(line), answer);
  }
  assert.equal(desk.setup.load(), {});
});

test('lines come out whatever ends them, and backspace takes back', () => {
  const lines: string[] = [];
  const reader = new LineReader((line) => lines.push(line));
  for (const piece of ['sta', 'tus\r', '\nhelq\bp\n', '\x1b[A\r\r', 'ä\x7fb\n', 'x'.repeat(500), '\n'])
    reader.push(piece);
  assert.equal(lines, ['status', 'help', '[A', '', 'b', 'x'.repeat(200)]);
  assert.equal(wordsOf(' a "b c" "" d '), ['a', 'b c', '', 'd']);
  assert.is(wordsOf('a "b'), undefined);
});

test('a person asks for a selftest', () => {
  const desk = new Desk();
  let runs = 0;
  const selftest = () => {
    runs += 1;
  };
  assert.is(desk.type('selftest', { selftest }), '');
  assert.is(runs, 1);
  assert.is(desk.type('selftest now', { selftest }), 'say: selftest');
  assert.is(desk.type('selftest'), 'no selftest here');
});

test.run();
