/**
 * The measured training on the XS host: its entry for a bundle. The host's function `nowMs` is called at every
 * mark, so that whoever counts instructions outside finds the place.
 * @module
 */
import { globals } from '../../emulator/xs/native.js';
import { makeFull, type StepHook } from './full.js';
import { runTraining } from './program.js';
import { MARK, type TrainingTerms } from './terms.js';

/** Marks of one run. */
const MARKS_MAX = 1024;

/**
 * @param text TrainingTerms as JSON
 * @returns the marks in their order, as bytes
 */
export function run(text: string): Uint8Array {
  const terms = JSON.parse(text) as TrainingTerms;
  const here = globals<StepHook>();
  const { host } = here;
  const marks = new Uint8Array(MARKS_MAX);
  let count = 0;
  let now: number = MARK.aside;
  const mark = (next: number) => {
    marks[count++] = now = next;
    host.nowMs();
  };
  here.beforeWeightStep = (batch, places) => {
    const before = now;
    if (before === MARK.step) mark(MARK.aside);
    makeFull(batch, places);
    if (before === MARK.step) mark(MARK.step);
  };
  runTraining(terms, (index, out) => host.readExample(index, out), mark);
  return marks.slice(0, count);
}
