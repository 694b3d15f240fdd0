import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Progress } from '../../../tools/cli/progress.js';
import { runOf } from '../experiment/results.js';

const test = suite('progress');

const RUN_LINE =
  'sparrow, seed 1: accuracy 90.00 %, loss 0.250, update 777 B (most 780), 1264 MAC per example, 1.5 s\n';

/** Two runs of two rounds each, the first half of them done at 4 seconds. */
function written(isTerminal: boolean): string {
  let text = '';
  let nowMs = 0;
  const output = {
    isTerminal,
    write: (part: string) => {
      text += part;
    },
  };
  const progress = new Progress(output, () => nowMs);
  progress.onPlanned({ runs: 2, rounds: 4, kept: 1 });
  nowMs = 3000;
  progress.onRound();
  nowMs = 3010;
  progress.onRound(); // too soon after the last to draw again
  nowMs = 4000;
  progress.onRun('sparrow, seed 1', runOf());
  return text;
}

test('a pipe gets a line for each run and nothing else', () => {
  assert.is(written(false), `1 of 3 runs are there already\n${RUN_LINE}`);
});

test('a terminal shows a bar below the lines, with the time that is left', () => {
  const erase = '\r\x1b[2K';
  const empty = `${'░'.repeat(30)} 0/2 runs`;
  const quarter = `${'█'.repeat(8)}${'░'.repeat(22)} 0/2 runs, 9 s left`;
  const half = `${'█'.repeat(15)}${'░'.repeat(15)} 1/2 runs, 4 s left`;
  assert.is(
    written(true),
    `1 of 3 runs are there already\n${empty}${erase}${quarter}${erase}${RUN_LINE}${quarter}${erase}${half}`,
  );
});

test.run();
