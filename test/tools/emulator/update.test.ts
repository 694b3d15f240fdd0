import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunningBroker } from '../../../broker/main.js';
import { formatFirmwareFile } from '../../../broker/storage/firmware.js';
import { start } from '../../../firmware/main.js';
import { decodeStatus } from '../../../shared/protocol/status.js';
import { EmulatedBoard } from '../../../tools/emulator/board.js';
import { FirmwareFlash, makeImage } from '../../../tools/emulator/bootloader.js';
import { SECTOR_BYTES } from '../../../tools/emulator/chip.js';
import { makeKey, publicKeyOf, signFirmware } from '../../../tools/firmware/signature.js';
import { told } from '../../../tools/test/hook.js';
import { until } from '../../firmware/room.js';
import { digitsSettings, openDigits, QUICK, SHARDS, TASK } from './digits.js';

const test = suite('firmware over the network');

const TARGET = 'm5atom';
const KEY = makeKey();
const [OLD, NEW] = [0x000100, 0x000101];
const SLOT_BYTES = 64 * SECTOR_BYTES;

let folder: string;
let broker: RunningBroker;
const versions: number[] = []; // in each status
const lines: string[] = [];

test.before(
  told(async () => {
    folder = mkdtempSync(join(tmpdir(), 'update-'));
    broker = await openDigits(
      digitsSettings(folder),
      () => {},
      (line) => lines.push(line),
    );
  }),
);
test.after(async () => {
  await broker.close();
  rmSync(folder, { recursive: true });
});

/** As `sparrow firmware sign` and `publish` do. */
function publish(version: number, bytes: number): void {
  const image = makeImage(version, bytes);
  const firmware = signFirmware(image, { target: TARGET, version }, KEY);
  mkdirSync(join(folder, 'firmware'), { recursive: true });
  writeFileSync(join(folder, 'firmware', `${TARGET}.fw`), formatFirmwareFile({ firmware, image }));
}

test('a board over TCP gets what is put into the folder of a running broker, over a network that breaks', async () => {
  const flash = new FirmwareFlash(SLOT_BYTES);
  flash.install(0, makeImage(OLD, 5000));
  const board = new EmulatedBoard({
    device: 'esp32-1',
    board: 'esp32',
    task: TASK,
    broker: { host: '127.0.0.1', port: broker.port },
    examples: SHARDS[0],
    seed: 3,
    faults: { seed: 1, breakAfterBytes: { min: 60_000, max: 90_000 } },
    log: { line: (text) => lines.push(text) },
    onPublish: (topic, payload) => {
      if (topic.includes('/status/')) versions.push(decodeStatus(payload).firmware);
    },
    update: { flash, target: TARGET, key: publicKeyOf(KEY) },
    firmware: (ports) => start(ports, QUICK),
  });
  board.start();
  await until('the board', () => versions.includes(OLD));
  publish(NEW, 200_000);
  await until('the new firmware', () => versions.includes(NEW));
  await until('its proof', () => lines.includes('firmware 0.1.1 works'));
  assert.ok(
    lines.some((line) => /broken/.test(line)),
    lines.join('\n'),
  );
  assert.equal(flash.boot(), { slot: 1, version: NEW });
  board.restart();
  await until('another life', () => versions.filter((version) => version === NEW).length > 1);
  board.stop();
});

test('a file that is not whole is named and not given to boards', async () => {
  mkdirSync(join(folder, 'firmware'), { recursive: true });
  writeFileSync(join(folder, 'firmware', 'm5stick.fw'), 'plum');
  await until('a word', () => lines.some((line) => /firmware file .*m5stick.fw: /.test(line)));
});

test.run();
