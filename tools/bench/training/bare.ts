/**
 * The measured training on XS on a bare RISC-V: its entry for a bundle. What counts lies between the counter's
 * `begin` and `end`; see BareInput.
 * @module
 */
import { globals } from '../../emulator/xs/native.js';
import { makeFull, type StepHook } from './full.js';
import { runTraining } from './program.js';
import { MARK, type Mark, type TrainingTerms } from './terms.js';

export interface BareInput {
  readonly terms: TrainingTerms;
  /** What counts; `empty` counts nothing as often as the steps of another run were counted. */
  readonly counted: typeof MARK.step | typeof MARK.selection | typeof MARK.empty;
  readonly times: number; // of `empty`
}

/** Of the machine; adds up what lies between `begin` and `end`. */
interface Counter {
  begin(): void;
  end(): void;
}

/**
 * @param input BareInput as JSON in ASCII
 * @returns how often something counted
 */
export function run(input: Uint8Array): string {
  const { terms, counted, times } = JSON.parse(String.fromCharCode(...input)) as BareInput;
  const here = globals<StepHook & { counter: Counter }>();
  const { host, counter } = here;
  let now: Mark = MARK.aside;
  let count = 0;
  const mark = (next: Mark) => {
    if (now === counted) counter.end();
    now = next;
    if (now !== counted) return;
    count++;
    counter.begin();
  };
  if (counted === MARK.empty) {
    while (count < times) {
      mark(MARK.empty);
      mark(MARK.aside);
    }
  } else {
    here.beforeWeightStep = (batch, places) => {
      const before = now;
      if (before === MARK.step) mark(MARK.aside);
      if (terms.isFull) makeFull(batch, places);
      if (before === MARK.step) mark(MARK.step);
    };
    runTraining(terms, (index, out) => host.readExample(index, out), mark);
  }
  counter.begin(); // the machine's own `end` comes next
  return String(count);
}
