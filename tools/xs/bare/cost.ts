/**
 * What one round of a client costs on a bare RISC-V: instructions by phase and memory. The round is run
 * with memory to spare, plain and with probes, then within a board's limits, reserving what is needed and no more;
 * and on Node, whose update must be the same.
 * @module
 */
import { fileURLToPath } from 'node:url';
import { localRound } from '../../../firmware/federation/localround.js';
import type { Examples } from '../../../firmware/ports/ports.js';
import { trainingPart } from '../../../firmware/trainer/holdback.js';
import { finish } from '../../../shared/masks/work.js';
import { type BoardProfile, boardProfile } from '../../../shared/model/boards.js';
import type { ModelDescription } from '../../../shared/model/description.js';
import { STACK_SLOTS } from '../../../shared/model/heap.js';
import { initialModel } from '../../../shared/model/initial.js';
import { sourceOf } from '../../../shared/model/model.js';
import type { Recipe } from '../../../shared/model/recipe.js';
import { planTraining, powerOf } from '../../../shared/model/training.js';
import { encodeModel, NO_MODEL } from '../../../shared/protocol/model.js';
import { encodePlan, type Plan } from '../../../shared/protocol/plan.js';
import { examplesParts } from '../../emulator/xsboard.js';
import { type BareOptions, type BareRun, type Count, runBare } from './bare.js';
import { type Phase, STEP_PHASES, TRAINING } from './phase.js';
import type { RoundInput } from './round.js';

export interface CostTask extends Pick<BareOptions, 'native' | 'board' | 'optimize' | 'timeoutS'> {
  readonly description: ModelDescription;
  readonly recipe: Recipe; // its first round is run, from the initial model
  readonly examples: Examples;
  readonly seed?: number; // 1 when left out
}

export interface RoundCost {
  readonly examples: number; // trained on, epochs counted
  readonly steps: number;
  readonly macs: number; // multiply-accumulates of the training
  readonly instructions: number; // of the whole round, with few collections of garbage
  readonly probed: number; // the same with probes, less what they cost: how exact the phases are
  readonly memory: BareRun; // the same where memory is short: its peaks are the least that would do
  readonly phases: ReadonlyMap<Phase, Count>;
  readonly places: ReadonlyMap<string, Count>; // the same by function
  readonly between: number; // instructions of the steps that are in no phase: JavaScript around kernels
  readonly around: number; // of the round, before and after its steps, in no phase
  readonly updateBytes: number;
}

const ENTRY = fileURLToPath(new URL('./round.ts', import.meta.url));
const DEVICE = 'bare';

/** Far above any board's, and small enough for a heap that grows by exactly what is missing. */
const LIMITS = { chunkBytes: 2 ** 22, slots: 2 ** 16, sumBytes: 2 ** 24, stackSlots: STACK_SLOTS };

/** @throws Error with the reason why the round ended, or when the update is not Node's */
export async function costOfRound(task: CostTask): Promise<RoundCost> {
  const { description, recipe, examples, seed = 1, board } = task;
  const model = initialModel(description, seed, powerOf(recipe));
  const plan: Plan = {
    ...{ federation: 0, taskSeed: seed, round: 1, attempt: 1, modelHash: NO_MODEL, modelCrc: 0 },
    ...{ cohort: { kind: 'list', devices: [] }, deadlineMs: 0 },
    ...planTraining(recipe, model.head.layout, 1, model),
  };
  const { sliceMacs } = boardProfile('esp32'); // how a round is cut on XS changes no bit
  const round = { plan, device: DEVICE, model: sourceOf(model), examples, sliceMacs };
  const { frame, macs } = finish(localRound(round));
  const options = bareOptions(task, { examples: examplesParts(examples), plan, model: encodeModel(model) });
  const limits = board === undefined ? LIMITS : undefined;
  const [plain, probed, memory] = await Promise.all([
    runBare(options),
    runBare({ ...options, phases: true }),
    runBare({ ...options, board, limits, tight: true }),
  ]);
  for (const { result } of [plain, probed, memory]) {
    if (!Buffer.from(result).equals(frame)) throw new Error(`${where(board)} made another update than Node`);
  }
  const training = probed.places.get(TRAINING)?.instructions ?? 0;
  const sum = (phases: readonly Phase[]) =>
    phases.reduce((total, phase) => total + (probed.phases.get(phase)?.instructions ?? 0), 0);
  const { batch, epochs, holdBackEvery } = plan.method;
  const kept = trainingPart(examples, holdBackEvery).count;
  return {
    examples: kept * epochs,
    steps: Math.ceil(kept / batch) * epochs,
    macs,
    instructions: plain.instructions,
    probed: probed.instructions - probed.probes,
    memory,
    phases: probed.phases,
    places: probed.places,
    between: training - sum([...STEP_PHASES, 'start']),
    around: plain.instructions - training - sum(['evaluation', 'update']),
    updateBytes: frame.length,
  };
}

function bareOptions(
  { native, optimize, timeoutS, examples: { count, features, signed, classes } }: CostTask,
  flash: { examples: ReturnType<typeof examplesParts>; plan: Plan; model: Uint8Array },
): BareOptions {
  const input: RoundInput = { device: DEVICE, examples: { count, features, signed, classes } };
  return {
    ...{ bundle: ENTRY, native, optimize, timeoutS },
    input: Buffer.from(JSON.stringify(input)),
    flash: [
      ['examples', flash.examples],
      ['slot', [0, flash.model]],
      ['record', [encodePlan(flash.plan)]],
    ],
  };
}

function where(board: BoardProfile | undefined): string {
  return board === undefined ? 'a bare RISC-V' : `board ${board.name} on a bare RISC-V`;
}
