/**
 * The twin of a running board: it makes each update of the board again, from the same plan, model and
 * examples, and raises an alarm at the first that is not the same, bit for bit.
 * @module
 */
import { decodeModel } from '../../shared/protocol/model.js';
import { decodePlan } from '../../shared/protocol/plan.js';
import { differenceOf } from './difference.js';
import { updateOnNode } from './engine.js';
import type { Recorded } from './recorder.js';

export class Twin {
  readonly #log: (line: string) => void;
  #alarm: string | undefined;

  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  /** The first difference in words, if there was one. */
  get alarm(): string | undefined {
    return this.#alarm;
  }

  compare({ capsule, model: modelFrame, examples }: Recorded): void {
    const { device, round, attempt } = capsule;
    const planFrame = new Uint8Array(Buffer.from(capsule.plan, 'base64'));
    const update = new Uint8Array(Buffer.from(capsule.frame, 'base64'));
    const model = decodeModel(modelFrame);
    const plan = decodePlan(planFrame);
    const made = updateOnNode({ device, plan, planFrame, model, modelFrame, examples, update });
    const difference = differenceOf(made, update, model.head.layout);
    const where = `twin of ${device}, round ${round} attempt ${attempt}`;
    if (difference === undefined) {
      this.#log(`${where}: the same ${made.length} B`);
      return;
    }
    this.#alarm ??= `${where}: ${difference}`;
    this.#log(`ALARM: ${where} made another update: ${difference}`);
  }
}
