import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Metrics } from '../../../shared/protocol/metrics.js';
import { Report } from '../../../tools/cli/report.js';

const test = suite('report');

const METRICS: Metrics = {
  round: 1,
  attempt: 1,
  trainMs: 1000,
  slices: 20,
  macs: 100_000,
  bytesUp: 1000,
  bytesDown: 1000,
  reconnects: 0,
  longestSliceMs: 50,
  freeBytes: 50_000,
  heapBytes: 0,
  chunkBytes: 0,
  slots: 0,
  millijoules: 0,
  rssi: 0,
  reset: 'power',
};

test('a board that restarted by itself is told of once, until it starts for another reason', () => {
  let text = '';
  const output = {
    isTerminal: false,
    write: (part: string) => {
      text += part;
    },
  };
  const report = new Report(output);
  const say = (device: string, reset: Metrics['reset']) =>
    report.onEvent({ kind: 'metrics', device, metrics: { ...METRICS, reset } });
  say('board-1', 'power');
  say('board-1', 'watchdog');
  say('board-1', 'watchdog');
  say('board-2', 'watchdog');
  say('board-1', 'restart');
  say('board-1', 'crash');
  assert.equal(text.trimEnd().split('\n'), [
    'board-1 had restarted: watchdog',
    'board-2 had restarted: watchdog',
    'board-1 had restarted: crash',
  ]);
});

test.run();
