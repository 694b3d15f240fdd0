import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../../../shared/fixed/random.js';
import { manifestLimits, moddableFiles } from '../../../../tools/emulator/moddablefiles.js';
import type { Surroundings } from '../../../../tools/emulator/moddablenet.js';
import type { XsEngineFiles } from '../../../../tools/emulator/xsboard.js';
import { told } from '../../../../tools/test/hook.js';
import { skip } from '../../../../tools/test/skip.js';
import { bestBits, missingForHost } from '../../../../tools/xs/build.js';
import { Folders } from '../../../broker/folder.js';
import { ROUNDS } from '../../../tools/emulator/digits.js';
import {
  Chip,
  ChipRoom,
  deviceName,
  flashedChip,
  type LoneChip,
  type Outcome,
  PARTITIONS,
  surroundings,
  WIFI,
} from './chips.js';

const test = suite('the entry for a chip, on XS');

const folders = new Folders();
test.after(() => folders.remove());
const opened: Chip[] = [];
test.after.each(() => {
  for (const { board } of opened.splice(0)) board.kill();
});

function powered(options: LoneChip): Chip {
  const chip = new Chip(options);
  opened.push(chip);
  chip.board.start();
  return chip;
}

const SERVICE = '_sparrow._tcp';

/** Waits of the firmware are a tenth as long: back-off, rests of the Wi-Fi. */
const SPEED = 10;

function isSameAs(ours: Outcome, twins: Outcome): void {
  assert.equal([...ours.updates.keys()].sort(), [...twins.updates.keys()].sort());
  for (const [device, frames] of twins.updates) {
    assert.is(frames.length, ROUNDS, device);
    assert.ok(frames.join() === ours.updates.get(device)!.join(), `updates of ${device} differ`);
  }
  assert.ok(ours.model.equals(twins.model), 'the final models differ');
}

/** A plain ESP32's slots and stack do not grow: what comes next needs a twentieth of them. */
function leavesRoom({ memory }: Outcome): void {
  const { slots, stackSlots } = manifestLimits('esp32');
  for (const { slotBytes, slotPeak, stackPeak } of memory) {
    const most = slotPeak / slotBytes - stackSlots;
    assert.ok(most <= 0.95 * slots, `${most} of ${slots} slots`);
    assert.ok(
      stackPeak / slotBytes <= 0.95 * stackSlots,
      `${stackPeak / slotBytes} of ${stackSlots} of stack`,
    );
  }
}

const NO_WIFI = /^no Wi-Fi Café upstairs, next try in \d+ ms$/;

/** The access point goes, and comes back when each chip has said that it misses it. */
function offUntilMissed({ accessPoint }: Surroundings, chips: readonly Chip[]): void {
  const misses = ({ lines }: Chip) => lines.filter((line) => NO_WIFI.test(line)).length;
  const before = chips.map(misses);
  accessPoint.isOn = false;
  const look = setInterval(() => {
    if (chips.length === 0 || chips.some((chip, i) => misses(chip) === (before[i] ?? 0))) return;
    accessPoint.isOn = true;
    clearInterval(look);
  }, 5);
  look.unref();
}

const missing = missingForHost();
if (missing !== undefined) skip('xs', missing);
else {
  let engine: XsEngineFiles;
  let twins: Outcome; // the same federation on Node
  test.before(
    told(async () => {
      engine = await moddableFiles({ board: 'esp32', task: 'digits' });
      twins = await new ChipRoom({ folder: folders.make(), chips: 0 }).run();
    }),
  );

  test('it starts, joins the Wi-Fi, finds the broker, trains and reports, as its twins on Node', async () => {
    const room = new ChipRoom({
      folder: folders.make(),
      chips: 2,
      engine,
      speed: SPEED,
      setup(index, port) {
        const setup = { ...WIFI, device: deviceName(index), task: 'digits' };
        if (index === 0) return { ...setup, broker: `laptop.lan:${port}` };
        room.around.services = [
          { type: SERVICE, address: '127.0.0.1', port: 1, txt: { task: 'fashion14' } },
          { type: SERVICE, address: '127.0.0.1', port, txt: { task: 'digits' } },
        ];
        return setup; // it has to search
      },
    });
    room.around.hosts = { 'laptop.lan': '127.0.0.1' };
    const outcome = await room.run();
    isSameAs(outcome, twins);
    leavesRoom(outcome);
    for (const { lines } of room.chips) {
      assert.match(lines[0], /^board-\d: esp32 board, task digits$/);
      assert.ok(lines.includes('Wi-Fi Café upstairs, address 192.168.4.2'), lines.join('\n'));
      assert.ok(lines.includes('round 2 attempt 1: accepted'), lines.join('\n'));
    }
  });

  if (bestBits() === 64) skip('multilib', 'the pool of an ESP32-C3 is too small for slots of 32 bytes');
  else {
    test('an ESP32-C3, whose chunks and slots share 94 KB, does the same', async () => {
      const board = 'esp32-c3';
      const small = await moddableFiles({ board, task: 'digits' });
      const room = new ChipRoom({ folder: folders.make(), chips: 1, engine: small, board, speed: SPEED });
      isSameAs(await room.run(), twins);
      assert.match(room.chips[0].lines[0], /^board-1: esp32-c3 board, task digits/);
    });
  }

  test('Wi-Fi that is late, goes and comes back costs nothing but time', async () => {
    let drops = 0;
    const room = new ChipRoom({
      folder: folders.make(),
      chips: 2,
      engine,
      speed: SPEED,
      onReport({ chips, around }, round, device) {
        if (device !== deviceName(3) || round === ROUNDS) return;
        drops += 1;
        offUntilMissed(around, chips);
        for (const { board } of chips) board.dropWifi();
      },
    });
    offUntilMissed(room.around, room.chips);
    isSameAs(await room.run(), twins);
    assert.ok(drops > 0);
    for (const { lines } of room.chips) {
      assert.ok(lines.some((line) => NO_WIFI.test(line)));
      assert.ok(lines.filter((line) => line.startsWith('Wi-Fi Café upstairs, address')).length > 1);
    }
  });

  test('links that are cut in the middle of downloads and uploads change no byte', async () => {
    const random = new Random(4);
    let left = 12;
    const room = new ChipRoom({
      folder: folders.make(),
      chips: 2,
      engine,
      speed: SPEED,
      nextCut() {
        if (left === 0) return undefined;
        left -= 1;
        return left % 2 === 0
          ? { direction: 'down', bytes: 200 + random.below(5000) }
          : { direction: 'up', bytes: 200 + random.below(1200) };
      },
    });
    isSameAs(await room.run(), twins);
    assert.ok(room.proxy.cuts >= 6, `${room.proxy.cuts} cuts`);
  });

  test('a broker that goes and comes back in every round changes no byte', async () => {
    let restarts = Promise.resolve();
    let count = 0;
    const room = new ChipRoom({
      folder: folders.make(),
      chips: 2,
      engine,
      speed: SPEED,
      onReport(room, round, device) {
        if (device !== deviceName(2) || round === ROUNDS) return;
        count += 1;
        restarts = restarts.then(() => room.restartBroker());
      },
    });
    isSameAs(await room.run(), twins);
    await restarts;
    assert.ok(count >= ROUNDS - 1, `${count} restarts`);
  });

  test('power that is cut in the middle of a write to flash, and between rounds, changes no byte', async () => {
    const random = new Random(9);
    let cuts = 0;
    const room: ChipRoom = new ChipRoom({
      folder: folders.make(),
      chips: 2,
      engine,
      speed: SPEED,
      onReport({ chips }, round, device) {
        const [first, second] = chips;
        if (device !== deviceName(3) || round === ROUNDS || !second.board.isOn) return;
        second.board.kill();
        setTimeout(() => second.board.start(), 50);
        first.cutFlashAfter({ steps: random.below(400), tear: 'bits', random }, () => {
          cuts += 1;
          first.board.start();
        });
      },
    });
    isSameAs(await room.run(), twins);
    assert.ok(cuts > 0, 'power was never cut');
    assert.match(room.chips[0].end ?? '', /^PowerLoss: /);
  });

  test('a board without settings says what to type, takes it, and joins after a reset', async () => {
    const chip = powered({ engine, chip: flashedChip(undefined, undefined) });
    await chip.line(/^cannot start: .*no Wi-Fi; say: wifi <name> <password>, then: reset$/);
    chip.board.type('wifi\r\n');
    await chip.line(/^say: wifi <name> \[password\]$/);
    chip.board.type(`wifi "${WIFI.ssid}" "${WIFI.password}"\r\nname desk-1\rstatus\n`);
    await chip.line(/^wifi "Café upstairs" with password: kept; say reset to use it$/);
    await chip.line(/^wifi "Café upstairs", broker auto, task not set$/);
    chip.board.type('reset\r\n');
    await chip.line(/^restarting$/);
    await chip.line(/^desk-1: esp32 board, task digits$/);
    await chip.line(/^Wi-Fi Café upstairs, address /);
    assert.is(chip.lines.filter((line) => line.includes(WIFI.password)).length, 0);
  });

  test('a board that nobody has told of a Wi-Fi runs its selftest', async () => {
    const chip = powered({ engine, chip: flashedChip(undefined, undefined) });
    await chip.line(/^cannot start: /);
    chip.board.type('selftest\r\n');
    await chip.line(/^\d+ ms: \d+\.\d+ ms for a step of one example/);
    await chip.line(/^[1-9]\d+ bytes free$/);
    await chip.line(/^selftest passed: checksum \d+$/);
  });

  test('a wrong password, and a broker that is nowhere, are said', async () => {
    const setup = { ...WIFI, password: 'wrong horse', device: 'desk-1' };
    const locked = powered({ engine, chip: flashedChip(setup, 0), speed: SPEED });
    await locked.line(NO_WIFI);
    const lost = powered({
      engine,
      chip: flashedChip({ ...setup, ...WIFI, broker: 'nowhere.lan' }, 0),
      speed: SPEED,
    });
    await lost.line(/nowhere\.lan/);
  });

  test('a broker over TLS is more than this firmware can; it says so and takes another address', async () => {
    const setup = { ...WIFI, device: 'desk-1', broker: 'mqtts://laptop.lan' };
    const chip = powered({ engine, chip: flashedChip(setup, undefined) });
    await chip.line(/^cannot start: .*broker mqtts:\/\/laptop\.lan, expected mqtt: no firmware with TLS$/);
    chip.board.type('broker mqtt://laptop.lan\r\nreset\r\n');
    await chip.line(/^broker mqtt:\/\/laptop\.lan: kept; say reset to use it$/);
    await chip.line(/^desk-1: esp32 board, task digits$/);
  });

  test('a board that was flashed with another partition table says which partition it misses', async () => {
    for (const name of ['setup', 'models', 'shard']) {
      const partitions = PARTITIONS.filter((partition) => partition.name !== name);
      const chip = powered({ engine, chip: flashedChip(WIFI, undefined), partitions });
      await chip.line(new RegExp(`^cannot start: .*no partition ${name}, expected the partition table of`));
    }
  });

  test('a chip without a shard joins and waits', async () => {
    const chip = powered({ engine, chip: flashedChip(WIFI, undefined), around: surroundings() });
    await chip.line(/^esp32-a4d18c00002a: esp32 board, task digits$/);
    await chip.line(/^no examples in flash yet$/);
  });
}

test.run();
