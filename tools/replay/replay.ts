/**
 * Replays a capsule: opens it, checks its inputs, makes the update again on every engine that is here and
 * compares it with the one that was sent.
 * @module
 */
import { readCapsule } from './capsule.js';
import { differenceOf } from './difference.js';
import { updateOnNode, type XsReplayer } from './engine.js';
import { openInputs } from './inputs.js';

export interface Replay {
  /** One line for each engine that made the same bytes. */
  readonly same: readonly string[];
  /** One line for each thing that is not as it was. */
  readonly different: readonly string[];
}

/**
 * @param xs the engine of boards; left out: only on Node
 * @throws RangeError when the file is not a capsule
 */
export async function replay(path: string, xs?: XsReplayer): Promise<Replay> {
  const capsule = readCapsule(path);
  const inputs = openInputs(path, capsule);
  if (!('plan' in inputs)) {
    const different = inputs.map(({ what, found, expected }) => `${what}: ${found}, expected ${expected}`);
    return { same: [], different };
  }
  const same: string[] = [];
  const different: string[] = [];
  const tell = (engine: string, made: Uint8Array) => {
    const difference = differenceOf(made, inputs.update, inputs.model.head.layout);
    if (difference === undefined) same.push(`${engine} made the same ${made.length} B: ${capsule.update}`);
    else different.push(`${engine} made another update: ${difference}`);
  };
  try {
    tell('Node', updateOnNode(inputs));
    if (xs !== undefined) tell('XS', await xs.update(inputs));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    different.push(`plan, model and examples do not fit each other: ${error.message}`);
  }
  return { same, different };
}
