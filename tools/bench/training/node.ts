/**
 * The measured training on Node, where every call of a kernel is recorded: the program that the recorder bundles.
 * @module
 */
import { writeFileSync } from 'node:fs';
import type { TraceWriter } from '../../kernels-to-c/trace.js';
import { examplesFor } from './examples.js';
import { makeFull, type StepHook } from './full.js';
import { runTraining } from './program.js';
import { RECORDING, type Recording } from './recording.js';
import { Tally } from './tally.js';
import { MARK } from './terms.js';

const { terms, data, workFile } = JSON.parse(process.env[RECORDING] ?? '{}') as Recording;
const here = globalThis as unknown as StepHook & { kernelTrace: TraceWriter };
const trace = here.kernelTrace;
const { features, labels } = examplesFor(data, terms.description, terms.perEpoch);
const inputs = features.length / terms.perEpoch;
const tally = new Tally();
let isCounted = false;
let first = 0; // call that counts

here.beforeWeightStep = (batch, places) => {
  if (terms.isFull) makeFull(batch, places);
  if (isCounted) tally.add(batch, places);
};

runTraining(
  terms,
  (index, out) => {
    out.set(features.subarray(index * inputs, (index + 1) * inputs));
    return labels[index];
  },
  (next) => {
    if (next === MARK.step && !isCounted) {
      isCounted = true;
      first = trace.calls;
      trace.count();
    } else if (next === MARK.aside && isCounted) {
      isCounted = false;
      trace.stopCount();
      writeFileSync(workFile, JSON.stringify({ calls: trace.calls - first, layers: tally.layers() }));
    }
  },
);
