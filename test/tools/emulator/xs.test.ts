import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { traceLine } from '../../../tools/emulator/trace.js';
import { XsBoard, type XsEngineFiles } from '../../../tools/emulator/xsboard.js';
import { xsFiles } from '../../../tools/emulator/xsfiles.js';
import { told } from '../../../tools/test/hook.js';
import { skip } from '../../../tools/test/skip.js';
import { missingForHost } from '../../../tools/xs/build.js';
import { Folders } from '../../broker/folder.js';
import { BOARDS, federate, isSame, ROUNDS, type Run } from './digits.js';

const test = suite('boards on XS');

const folders = new Folders();
test.after(() => folders.remove());

interface Traced extends Run {
  readonly traces: ReadonlyMap<string, readonly string[]>;
}

/** A federation with the first boards on XS, and what each board sent up. */
async function traced(files: XsEngineFiles, boards: number, changes = {}): Promise<Traced> {
  const traces = new Map<string, string[]>();
  const onPublish = (device: string, topic: string, payload: Uint8Array) => {
    const line = traceLine(topic, payload);
    const lines = traces.get(device) ?? [];
    traces.set(device, lines);
    if (line !== undefined && !lines.includes(line)) lines.push(line);
  };
  const run = await federate(folders.make(), { xs: { files, boards }, onPublish, ...changes });
  return { ...run, traces };
}

const missing = missingForHost();
if (missing !== undefined) skip('c', missing);
else {
  let files: XsEngineFiles;
  let onNode: Traced;
  test.before(
    told(async () => {
      files = await xsFiles(console.log);
      onNode = await traced(files, 0);
    }),
  );

  test('boards on XS beside boards on Node: the same traces and the same model, byte for byte', async () => {
    const { traces, model, room } = await traced(files, 3);
    assert.is(room.boards.filter((board) => board instanceof XsBoard).length, 3);
    assert.is(traces.size, BOARDS);
    for (const [device, lines] of traces) {
      assert.is(lines.length, ROUNDS, device);
      assert.equal(lines, onNode.traces.get(device), device);
    }
    assert.ok(isSame(model, onNode.model));
  });

  test('boards with kernels in C beside byte code and Node: the same traces and the same model, byte for byte', async () => {
    const inC = await xsFiles(console.log, true, folders.make());
    assert.is.not(inC.program, files.program);
    assert.match(inC.script, /sparrowKernels/);
    assert.not.match(files.script, /sparrowKernels/);
    const { traces, model, room } = await traced(inC, 3);
    assert.is(room.boards.filter((board) => board instanceof XsBoard).length, 3);
    assert.is(traces.size, BOARDS);
    for (const [device, lines] of traces) assert.equal(lines, onNode.traces.get(device), device);
    assert.ok(isSame(model, onNode.model));
  });

  test('a network that breaks changes no byte on XS either', async () => {
    const faults = { breakAfterBytes: { min: 3000, max: 20_000 }, refuseOf256: 60, delayMs: 3 };
    const { traces, lines, model } = await traced(files, 2, { faults });
    assert.ok(
      lines.some((line) => /^emu-000[12] connection closed/.test(line)),
      lines.join('\n'),
    );
    assert.equal([...traces].sort(), [...onNode.traces].sort());
    assert.ok(isSame(model, onNode.model));
  });

  test('a board on XS that loses power in mid-round comes back with its model and sends the same', async () => {
    let kills = 0;
    const run = await federate(
      folders.make(),
      { xs: { files, boards: 2 }, flashFolder: folders.make() },
      (room, round) => {
        const [victim] = room.boards;
        if (!victim.isOn || kills >= 3 || round === ROUNDS) return; // or it would come back to nobody
        kills += 1;
        victim.kill();
        setTimeout(() => victim.start(), 5);
      },
    );
    assert.ok(kills >= 2, `${kills} kills`);
    assert.ok(isSame(run.model, onNode.model));
  });
}

test.run();
