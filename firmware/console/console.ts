/**
 * The serial console of a board: a person types a word and gets clear words back. Knows nothing of
 * serial ports; text comes in and lines go out. A password is never said back.
 * @module
 */
import { frozen } from '../../shared/fixed/frozen.js';
import { isDeviceName, isTaskName } from '../../shared/protocol/device.js';
import { parsePlace } from '../../shared/protocol/service.js';
import type { Setup, SetupStore } from '../ports/ports.js';
import { wordsOf } from './line.js';

export interface ConsoleOptions {
  readonly setup: SetupStore;
  say(line: string): void;
  /** Lines about what the board does and has. */
  status(): readonly string[];
  /** Chooses what windows are recorded as; left out on a board without a sensor. @throws RangeError */
  label?(label: number | undefined): void;
  /** Begins a selftest; what it finds is said later. */
  selftest?(): void;
  restart(): void;
}

interface Command {
  readonly usage: string;
  readonly text: string;
  readonly least: number; // words behind the command
  readonly most: number;
  run(options: ConsoleOptions, words: readonly string[]): void;
}

const AUTO = 'auto';

const COMMANDS: Readonly<Record<string, Command>> = frozen({
  help: { usage: 'help', text: 'this list', least: 0, most: 0, run: help },
  status: { usage: 'status', text: 'what the board does and has', least: 0, most: 0, run: status },
  wifi: { usage: 'wifi <name> [password]', text: 'Wi-Fi to join', least: 1, most: 2, run: wifi },
  broker: {
    usage: 'broker <address> | auto',
    text: 'where it is: host[:port] or mqtts://host[:port]',
    least: 1,
    most: 1,
    run: broker,
  },
  task: { usage: 'task <name>', text: 'what to learn', least: 1, most: 1, run: task },
  name: { usage: 'name <name>', text: "the board's own name", least: 1, most: 1, run: name },
  code: { usage: 'code <code>', text: 'to join a federation', least: 1, most: 1, run: code },
  label: {
    usage: 'label <number> | off',
    text: 'record sensor windows as this',
    least: 1,
    most: 1,
    run: label,
  },
  selftest: {
    usage: 'selftest',
    text: 'does this board compute what every other one does',
    least: 0,
    most: 0,
    run: selftest,
  },
  reset: { usage: 'reset', text: 'restart, with the new settings', least: 0, most: 0, run: reset },
  forget: { usage: 'forget', text: 'forget all settings', least: 0, most: 0, run: forget },
});

/** Runs one line. What a person did wrong is said, never thrown. */
export function runLine(line: string, options: ConsoleOptions): void {
  const mistake = run(line, options);
  if (mistake !== undefined) options.say(mistake);
}

/** @returns what was wrong with the line */
function run(line: string, options: ConsoleOptions): string | undefined {
  const words = wordsOf(line);
  if (words === undefined) return 'a quote is not closed';
  const [first, ...rest] = words;
  if (first === undefined) return undefined;
  const command = Object.hasOwn(COMMANDS, first) ? COMMANDS[first] : undefined;
  if (command === undefined) return `${first}? Try help.`;
  if (rest.length < command.least || rest.length > command.most) return `say: ${command.usage}`;
  try {
    command.run(options, rest);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function help({ say }: ConsoleOptions): void {
  for (const { usage, text } of Object.values(COMMANDS)) say(`${usage.padEnd(28)}${text}`);
}

function status({ say, status, setup }: ConsoleOptions): void {
  for (const line of status()) say(line);
  const { ssid, broker, task, code } = setup.load();
  say(
    `wifi ${ssid === undefined ? 'not set' : `"${ssid}"`}, broker ${broker ?? AUTO}, task ${task ?? 'not set'}`,
  );
  if (code !== undefined) say('join code set');
}

function wifi(options: ConsoleOptions, [ssid, password]: readonly string[]): void {
  if (password !== undefined && password.length < 8)
    throw new RangeError('password, expected 8 characters or more');
  change(
    options,
    { ssid, password },
    `wifi "${ssid}" ${password === undefined ? 'without' : 'with'} password`,
  );
}

function broker(options: ConsoleOptions, [place]: readonly string[]): void {
  parsePlace(place);
  change(options, { broker: place === AUTO ? undefined : place }, `broker ${place}`);
}

function task(options: ConsoleOptions, [task]: readonly string[]): void {
  if (!isTaskName(task)) throw new RangeError(`task "${task}", expected 1 to 32 of a-z, 0-9 and -`);
  change(options, { task }, `task ${task}`);
}

function name(options: ConsoleOptions, [device]: readonly string[]): void {
  if (!isDeviceName(device)) throw new RangeError(`name "${device}", expected 1 to 23 of a-z, 0-9 and -`);
  change(options, { device }, `name ${device}`);
}

function code(options: ConsoleOptions, [code]: readonly string[]): void {
  change(options, { code }, 'join code');
}

function label({ say, label }: ConsoleOptions, [word]: readonly string[]): void {
  if (label === undefined) throw new RangeError('no sensor on this board');
  label(word === 'off' ? undefined : Number(word));
  say(word === 'off' ? 'windows are not recorded' : `windows are recorded as ${word}`);
}

function selftest({ selftest }: ConsoleOptions): void {
  if (selftest === undefined) throw new RangeError('no selftest here');
  selftest();
}

function reset({ say, restart }: ConsoleOptions): void {
  say('restarting');
  restart();
}

function forget({ say, setup }: ConsoleOptions): void {
  setup.save({});
  say('all settings forgotten; say reset');
}

function change({ say, setup }: ConsoleOptions, change: Setup, text: string): void {
  setup.save({ ...setup.load(), ...change });
  say(`${text}: kept; say reset to use it`);
}
