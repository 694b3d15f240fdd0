import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { start } from '../../../firmware/main.js';
import type { Vitals } from '../../../firmware/ports/ports.js';
import { decodeMetrics, type Metrics } from '../../../shared/protocol/metrics.js';
import { deviceTopic } from '../../../shared/protocol/topics.js';
import type { VerdictKind } from '../../../shared/protocol/verdict.js';
import { EmulatedBoard } from '../../../tools/emulator/board.js';
import { TestBroker, until } from '../room.js';
import { examplesOf, modelFrame, planFor, ScriptedServer, TASK } from './server.js';

const test = suite('vitals');

const DEVICE = 'board-1';
const VITALS: Vitals = {
  heapBytes: 140_000,
  chunkBytes: 70_000,
  slots: 2400,
  millijoules: 12,
  rssi: -61,
  reset: 'watchdog',
};

/** A board that trains one round: what its light showed, and its metrics. */
async function round(
  hasHost: boolean,
  verdict: VerdictKind = 'accepted',
): Promise<{ shown: string[]; metrics: Metrics }> {
  const broker = await TestBroker.open();
  const server = new ScriptedServer(broker);
  const model = modelFrame(1);
  const plan = planFor(model, [DEVICE]);
  await server.model(model);
  await server.plan(plan);
  const shown: string[] = [];
  const host = { vitals: () => VITALS, indicator: { show: (state: string) => shown.push(state) } };
  const board = new EmulatedBoard({
    device: DEVICE,
    board: 'esp32',
    task: TASK,
    broker: broker.address,
    examples: examplesOf(1),
    seed: 1,
    log: { line() {} },
    freeBytes: () => 54_321,
    firmware: (ports) => start(hasHost ? { ...ports, ...host } : ports),
  });
  board.start();
  const topic = deviceTopic('metrics', TASK, DEVICE);
  await until('metrics', () => broker.on(topic).length > 0);
  await server.verdict(DEVICE, plan, verdict);
  if (hasHost) await until('the end of the round', () => ['done', 'failed'].includes(shown.at(-1) ?? ''));
  board.stop();
  const [{ payload }] = broker.on(topic);
  await broker.close();
  return { shown, metrics: decodeMetrics(payload) };
}

test('metrics hold what the host knows of the board, and the longest slice', async () => {
  const { metrics } = await round(true);
  const { heapBytes, chunkBytes, slots, millijoules, rssi, reset, freeBytes } = metrics;
  assert.equal({ heapBytes, chunkBytes, slots, millijoules, rssi, reset }, VITALS);
  assert.is(freeBytes, 54_321);
  assert.ok(metrics.longestSliceMs <= metrics.trainMs);
});

test('a host that knows nothing sends zeros', async () => {
  const { metrics } = await round(false);
  assert.is(metrics.heapBytes, 0);
  assert.is(metrics.reset, 'unknown');
});

test('a light follows the board through a round', async () => {
  const { shown } = await round(true);
  const changes = shown.filter((state, i) => state !== shown[i - 1]);
  assert.equal(changes, ['waiting', 'downloading', 'training', 'reporting', 'done', 'stopped']);
});

test('an update that was counted before is no failure to the light, one that was refused is', async () => {
  assert.is((await round(true, 'duplicate')).shown.at(-2), 'done');
  assert.is((await round(true, 'round closed')).shown.at(-2), 'failed');
});

test.run();
