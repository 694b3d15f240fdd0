/**
 * Opens a capsule's store and checks every input by its hash, so that whatever was changed is told by name.
 * @module
 */
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { roundSeed } from '../../firmware/federation/localround.js';
import type { Examples } from '../../firmware/ports/ports.js';
import { parseFld } from '../../shared/data/fld.js';
import type { Model } from '../../shared/model/model.js';
import { decodeModel } from '../../shared/protocol/model.js';
import { decodePlan, type Plan } from '../../shared/protocol/plan.js';
import { wholeSet } from '../datasets/split.js';
import { type Capsule, HERE, storedExamples, storedModel } from './capsule.js';
import { digestOf, sha256 } from './digest.js';
import { modelHashOf } from './recorder.js';

/** What a round is made from. */
export interface Inputs {
  readonly device: string;
  readonly plan: Plan;
  readonly planFrame: Uint8Array;
  readonly model: Model;
  readonly modelFrame: Uint8Array;
  readonly examples: Examples;
  readonly update: Uint8Array; // frame that the device sent
}

/** One input that is not what the capsule says. */
export interface Mismatch {
  readonly what: 'kernels' | 'plan' | 'weights' | 'data' | 'order' | 'seed' | 'update';
  readonly found: string;
  readonly expected: string;
}

/** @returns the inputs; or every mismatch, in which case the round cannot be made again */
export function openInputs(path: string, capsule: Capsule): Inputs | readonly Mismatch[] {
  const mismatches: Mismatch[] = [];
  const expect = (what: Mismatch['what'], found: string | number, expected: string | number) => {
    if (found !== expected) mismatches.push({ what, found: String(found), expected: String(expected) });
  };
  const attempt = <T>(what: Mismatch['what'], expected: string, read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      mismatches.push({ what, found: (error as Error).message, expected });
      return undefined;
    }
  };
  const folder = dirname(path);
  for (const name of ['numerics', 'kernels'] as const) {
    expect('kernels', `${name} ${HERE[name]}`, `${name} ${capsule[name]}`);
  }

  const planFrame = bytesOf(capsule.plan);
  const plan = attempt('plan', 'an intact frame', () => decodePlan(planFrame));
  if (plan !== undefined) {
    expect(
      'plan',
      `round ${plan.round} attempt ${plan.attempt}`,
      `round ${capsule.round} attempt ${capsule.attempt}`,
    );
    expect('plan', `model ${plan.modelHash}`, `model ${modelHashOf(capsule.model)}`);
    expect('seed', roundSeed(plan, capsule.device), capsule.seed);
  }

  const modelFrame = attempt('weights', `model ${capsule.model}`, () => read(storedModel(folder, capsule)));
  if (modelFrame !== undefined) expect('weights', `model ${sha256(modelFrame)}`, `model ${capsule.model}`);
  const isModel = modelFrame !== undefined && sha256(modelFrame) === capsule.model;
  const model = isModel ? attempt('weights', 'an intact frame', () => decodeModel(modelFrame)) : undefined;

  const { data, order } = capsule.examples;
  const examples = attempt('data', `examples ${data}`, () =>
    wholeSet(parseFld(read(storedExamples(folder, capsule)))),
  );
  if (examples !== undefined) {
    const found = digestOf(examples);
    if (found.data !== data) expect('data', `examples ${found.data}`, `examples ${data}`);
    else expect('order', `order ${found.order}`, `order ${order}`);
  }

  const update = bytesOf(capsule.frame);
  expect('update', sha256(update), capsule.update);
  const isWhole =
    plan !== undefined && modelFrame !== undefined && model !== undefined && examples !== undefined;
  if (mismatches.length > 0 || !isWhole) return mismatches;
  return { device: capsule.device, plan, planFrame, model, modelFrame, examples, update };
}

/** @throws Error in words for people where it cannot be read */
function read(path: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(path));
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new Error(isMissing ? `no file ${path}` : (error as Error).message);
  }
}

function bytesOf(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'));
}
