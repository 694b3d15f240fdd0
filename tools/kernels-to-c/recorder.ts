/**
 * The first module of a recorded program: makes the global `kernelTrace`, which kernels are called
 * through, and ends the trace with the process.
 * @module
 */
import { callKey, RECORDER_TERMS, type RecorderTerms, TraceWriter } from './trace.js';

const { trace, numbers } = JSON.parse(process.env[RECORDER_TERMS] ?? '{}') as RecorderTerms;

const writer = new TraceWriter(trace, (name, views) => {
  const number = numbers[callKey(name, views)];
  if (number === undefined) throw new TypeError(`${name} of ${views}, expected views as its types say`);
  return number;
});
Object.assign(globalThis, { kernelTrace: writer });
process.once('exit', () => writer.close());
