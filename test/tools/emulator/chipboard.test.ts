import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ChipBoard } from '../../../tools/emulator/chipboard.js';
import { moddableFiles } from '../../../tools/emulator/moddablefiles.js';
import type { RoomOptions } from '../../../tools/emulator/room.js';
import { traceLine } from '../../../tools/emulator/trace.js';
import { skip } from '../../../tools/test/skip.js';
import { missingForHost } from '../../../tools/xs/build.js';
import { Folders } from '../../broker/folder.js';
import { BOARDS, digitsRoom, federate, isSame, ROUNDS } from './digits.js';

const test = suite('boards of a room with the firmware of a chip');

const folders = new Folders();
test.after(() => folders.remove());

async function traced(changes: Partial<RoomOptions>) {
  const traces = new Map<string, string[]>();
  const onPublish = (device: string, topic: string, payload: Uint8Array) => {
    const line = traceLine(topic, payload);
    const lines = traces.get(device) ?? [];
    traces.set(device, lines);
    if (line !== undefined && !lines.includes(line)) lines.push(line);
  };
  const run = await federate(folders.make(), { onPublish, ...changes });
  return { ...run, traces };
}

const missing = missingForHost();
if (missing !== undefined) skip('xs', missing);
else {
  test('beside boards on Node they leave the same traces and make the same model', async () => {
    const files = await moddableFiles({ board: 'esp32' });
    const onNode = await traced({});
    const { traces, model, room } = await traced({ xs: { files, boards: 2, isChip: true } });
    assert.is(room.boards.filter((board) => board instanceof ChipBoard).length, 2);
    assert.is(traces.size, BOARDS);
    for (const [device, lines] of traces) {
      assert.is(lines.length, ROUNDS, device);
      assert.equal(lines, onNode.traces.get(device), device);
    }
    assert.ok(isSame(model, onNode.model));
  });

  test('what such a board cannot do is told when the room is made', async () => {
    const files = await moddableFiles({ board: 'esp32' });
    const room = (changes: Partial<RoomOptions>) => () =>
      digitsRoom(1883, { xs: { files, boards: 1, isChip: true }, ...changes });
    assert.throws(
      room({ faults: { delayMs: 3 } }),
      /^board emu-0001 with the firmware of a chip, expected no faults and no flash folder$/,
    );
    assert.throws(room({ flashFolder: folders.make() }), /expected no faults and no flash folder$/);
    assert.throws(
      room({ broker: { host: '127.0.0.1', port: 8883, tls: {} } }),
      /^board emu-0001 on stand-ins, expected a broker without TLS$/,
    );
  });
}

test.run();
