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
  readonly #onAlarm: () => void;
  #alarm: string | undefined;
  #compared = 0;

  /** @param onAlarm called at the first difference, after its line */
  constructor(log: (line: string) => void, onAlarm: () => void = () => {}) {
    this.#log = log;
    this.#onAlarm = onAlarm;
  }

  /** Updates made again. */
  get compared(): number {
    return this.#compared;
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
    this.#compared += 1;
    const where = `twin of ${device}, round ${round} attempt ${attempt}`;
    if (difference === undefined) {
      this.#log(`${where}: the same ${made.length} B`);
      return;
    }
    this.#log(`ALARM: ${where} made another update: ${difference}`);
    if (this.#alarm !== undefined) return;
    this.#alarm = `${where}: ${difference}`;
    this.#onAlarm();
  }
}
