/**
 * The firmware's selftest as an entry for a bundle that runs on XS.
 * @module
 */
import { selfTest } from '../../firmware/federation/selftest.js';
import { boardProfile } from '../../shared/model/boards.js';

/** Runs it in a board's slices. @returns the result as JSON */
export function run(): string {
  const work = selfTest(boardProfile('esp32').sliceMacs);
  let step = work.next();
  while (!step.done) step = work.next();
  return JSON.stringify(step.value);
}
