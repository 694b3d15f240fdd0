/**
 * The selftest as a person asks for it: run in slices beside all else, and told in four lines.
 * @module
 */
import { boardProfile } from '../../shared/model/boards.js';
import type { Clock } from '../ports/ports.js';
import { reasonOf } from './guard.js';
import { SELF_TEST, type SelfTestResult, selfTest } from './selftest.js';
import { type Cost, Slices } from './slices.js';

export interface SelfCheckOptions {
  readonly board: string; // profile name
  readonly clock: Clock;
  freeBytes(): number;
  say(line: string): void;
}

/** Ends in `selftest passed` or `selftest FAILED`. @throws RangeError for an unknown board */
export function startSelfCheck({ board, clock, freeBytes, say }: SelfCheckOptions): void {
  const { sliceMacs } = boardProfile(board);
  say('selftest: the golden training, some seconds');
  new Slices(clock, selfTest(sliceMacs), sliceMacs, {
    onDone: (result, cost) => {
      tell(result, cost, say);
      say(`${freeBytes()} bytes free`);
      say(verdictOf(result));
    },
    onFailed: (error) => say(`selftest FAILED: ${reasonOf(error)}`),
  });
}

function tell(
  { macs, examples }: SelfTestResult,
  { ms, slices, longestMs }: Cost,
  say: (line: string) => void,
) {
  const step = (ms / examples).toFixed(2);
  const each = ((ms * 1000) / macs).toFixed(2);
  say(`${Math.round(ms)} ms: ${step} ms for a step of one example, ${each} us for a multiply-accumulate`);
  say(`${slices} slices, the longest ${Math.round(longestMs)} ms`);
}

function verdictOf({ checksum, macs, examples }: SelfTestResult): string {
  if (macs !== SELF_TEST.macs || examples !== SELF_TEST.examples) {
    return `selftest FAILED: ${macs} multiply-accumulates over ${examples} examples, expected ${SELF_TEST.macs} over ${SELF_TEST.examples}`;
  }
  if (checksum !== SELF_TEST.checksum) {
    return `selftest FAILED: checksum ${checksum}, expected ${SELF_TEST.checksum}: this board computes other weights`;
  }
  return `selftest passed: checksum ${checksum}`;
}
