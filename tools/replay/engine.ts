/**
 * Makes an update again from its inputs, on Node and on XS.
 * @module
 */
import { fileURLToPath } from 'node:url';
import { localRound } from '../../firmware/federation/localround.js';
import { finish } from '../../shared/masks/work.js';
import { boardProfile } from '../../shared/model/boards.js';
import { sourceOf } from '../../shared/model/model.js';
import { examplesParts } from '../emulator/xsboard.js';
import { bestBits, buildHost } from '../xs/build.js';
import { bundleForXs } from '../xs/bundle.js';
import { XsHost } from '../xs/host.js';
import type { Inputs } from './inputs.js';

/** How a round is cut changes no bit. */
export const { sliceMacs: SLICE_MACS } = boardProfile('esp32');

const ENTRY = fileURLToPath(new URL('./xs.ts', import.meta.url));

/** @returns the update's frame. @throws RangeError where the inputs do not fit each other */
export function updateOnNode({ device, plan, model, examples }: Inputs): Uint8Array {
  const work = { device, plan, model: sourceOf(model), examples, sliceMacs: SLICE_MACS };
  return finish(localRound(work)).frame;
}

/** XS as boards run it, for one update after the other. */
export class XsReplayer {
  readonly #host: XsHost;

  private constructor(host: XsHost) {
    this.#host = host;
  }

  /** @throws Error where the engine cannot be built */
  static async open(): Promise<XsReplayer> {
    const [program, script] = await Promise.all([buildHost(bestBits()), bundleForXs(ENTRY)]);
    return new XsReplayer(new XsHost({ program, script }));
  }

  async update({ device, planFrame, modelFrame, examples }: Inputs): Promise<Uint8Array> {
    const { features, signed, classes, count } = examples;
    this.#host.store('examples', examplesParts(examples));
    this.#host.store('slot', [0, modelFrame]);
    this.#host.store('record', [planFrame]);
    const shape = JSON.stringify({ count, features, signed, classes });
    return await this.#host.evaluateBytes(`bundle.recompute(${JSON.stringify(device)}, ${shape})`);
  }

  close(): Promise<void> {
    return this.#host.close();
  }
}
