/**
 * `sparrow cost`: what a training step costs a board, counted on XS on a bare RISC-V under QEMU: instructions by
 * phase, and memory.
 * @module
 */
import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { SyntheticExamples } from '../../firmware/data/synthetic.js';
import type { Examples } from '../../firmware/ports/ports.js';
import { type ExampleSet, Shard } from '../../shared/data/example-set.js';
import { BOARD_NAMES, boardProfile } from '../../shared/model/boards.js';
import type { ModelDescription } from '../../shared/model/description.js';
import { SLOT_BYTES } from '../../shared/model/heap.js';
import { layoutOf } from '../../shared/model/layout.js';
import { loadDataset } from '../datasets/dataset.js';
import { modelFor, readDescription } from '../datasets/model.js';
import { ZOO } from '../datasets/zoo.js';
import { type BareRun, bareTools, missingForBare } from '../xs/bare/bare.js';
import { costOfRound, type RoundCost } from '../xs/bare/cost.js';
import { type Phase, STEP_PHASES } from '../xs/bare/phase.js';
import { integer } from './option.js';
import { addRecipeOptions, type RecipeOptions, recipeFrom } from './recipe.js';

interface CostOptions extends RecipeOptions {
  readonly model?: string;
  readonly data?: string;
  readonly examples: number;
  readonly board?: string;
  readonly native: boolean;
  readonly functions: boolean;
  readonly seed: number;
}

const SEED_OF_EXAMPLES = 5;

export function costCommand(): Command {
  const names = ZOO.map(({ name }) => name).join(', ');
  const command = new Command('cost')
    .description('count the instructions of a training step by phase, and its memory, on a bare RISC-V chip')
    .option('--model <name>', `${names}, or a JSON description; what suits --data when left out`)
    .option('--data <name>', '`digits`, or a folder with train.fld; made-up examples when left out')
    .option('--examples <n>', 'examples on the board', integer(1, 65535), 80)
    .option('--board <name>', `its heap’s limits hold: ${BOARD_NAMES.join(', ')}; none when left out`)
    .option('--native', 'kernels in C in place of byte code', false)
    .option('--functions', 'list the functions, too', false)
    .option('--seed <n>', 'seed of the model and the round', integer(0, 0xffffffff), 1);
  return addRecipeOptions(command, { rounds: 1, density: 0.1, epochs: 1 }).action(run);
}

async function run(options: CostOptions): Promise<void> {
  const { native, seed, batch } = options;
  const recipe = recipeFrom(options);
  const board = options.board === undefined ? undefined : boardProfile(options.board);
  const { description, examples, dataName } = taskFrom(options);
  const missing = missingForBare();
  if (missing !== undefined) {
    console.log(`skipped: ${missing}`);
    return;
  }
  const cost = await costOfRound({ description, recipe, examples, native, board, seed });
  const tools = bareTools();
  const name = options.method === 'dense' ? 'dense' : `${options.method} ${options.density}`;
  const kernels = native ? 'kernels in C' : 'byte code';
  console.log(
    `${description.name}, ${name}, batch ${batch ?? recipe.batch}, ${kernels}; ${examples.count} examples (${dataName})`,
  );
  for (const line of phaseLines(cost)) console.log(line);
  if (options.functions) for (const line of functionLines(cost)) console.log(line);
  for (const line of memoryLines(cost.memory)) console.log(line);
  console.log(
    `XS ${tools.xs}, gcc ${tools.gcc} -Os rv32imc, picolibc ${tools.picolibc}, QEMU ${tools.qemu}; instructions are not cycles`,
  );
}

interface Task {
  readonly description: ModelDescription;
  readonly examples: Examples;
  readonly dataName: string;
}

/** @throws RangeError in one line */
function taskFrom({ model, data, examples: count }: CostOptions): Task {
  const zoo = ZOO.find(({ name }) => name === model);
  if (data !== undefined || (model === undefined && data === undefined)) {
    const dataset = loadDataset(data ?? 'digits');
    const { train } = dataset;
    if (count > train.count)
      throw new RangeError(`examples ${count}, expected at most ${train.count} of ${dataset.name}`);
    const description = zoo ?? (model === undefined ? modelFor(dataset) : described(model));
    return { description, examples: fitting(train, description, count), dataName: dataset.name };
  }
  const description = zoo ?? described(model as string);
  const { inputs, classes } = layoutOf(description);
  const signed = description.input.type === 'int8';
  return {
    description,
    examples: new SyntheticExamples(count, inputs, classes, SEED_OF_EXAMPLES, signed),
    dataName: 'made up',
  };
}

function described(file: string): ModelDescription {
  if (!existsSync(file)) {
    const names = ZOO.map(({ name }) => name).join(', ');
    throw new RangeError(`model ${file}, expected ${names} or a JSON description`);
  }
  return readDescription(file);
}

/** The set's first examples. @throws RangeError when they do not fit the model */
function fitting(train: ExampleSet, description: ModelDescription, count: number): Shard {
  const { inputs, classes } = layoutOf(description);
  const { type } = description.input;
  if (train.featureCount !== inputs || train.signed !== (type === 'int8') || train.classes > classes) {
    const kind = train.signed ? 'int8' : 'uint8';
    throw new RangeError(
      `model ${description.name} of ${inputs} ${type} and ${classes} classes, ` +
        `expected ${train.featureCount} ${kind} and ${train.classes} as in the data`,
    );
  }
  return new Shard(
    train,
    Uint32Array.from({ length: count }, (_, i) => i),
  );
}

function phaseLines({
  phases,
  between,
  around,
  instructions,
  examples,
  steps,
  macs,
  updateBytes,
}: RoundCost): string[] {
  const ofStep = STEP_PHASES.map((phase): [string, number, number] => {
    const { calls, instructions } = phases.get(phase) ?? { calls: 0, instructions: 0 };
    return [phase, instructions, calls];
  });
  const rows: [string, number, number | undefined][] = [...ofStep, ['between', between, undefined]];
  const sum = rows.reduce((total, [, instructions]) => total + instructions, 0);
  const row = (name: string, instructions: number, calls?: number) =>
    [
      name.padEnd(16),
      count(instructions / examples).padStart(14),
      `${((100 * instructions) / sum).toFixed(1)} %`.padStart(9),
      calls === undefined ? '' : (calls / examples).toFixed(2).padStart(8),
    ].join('');
  const once = (phase: Phase) => phases.get(phase)?.instructions ?? 0;
  return [
    `${'per example'.padEnd(16)}${'instructions'.padStart(14)}${'part'.padStart(9)}${'calls'.padStart(8)}`,
    ...rows.map(([name, instructions, calls]) => row(name, instructions, calls)),
    row('sum', sum),
    `a step: ${count(sum / steps)} instructions, ${count(macs / steps)} multiply-accumulates`,
    `a round: ${count(instructions)} instructions: steps ${count(sum)}, start ${count(once('start') + around)}, ` +
      `evaluation ${count(once('evaluation'))}, update of ${count(updateBytes)} B ${count(once('update'))}`,
  ];
}

/** The largest first. */
function functionLines({ places, examples }: RoundCost): string[] {
  return [...places]
    .filter(([, { calls }]) => calls > 0)
    .sort(([, a], [, b]) => b.instructions - a.instructions)
    .map(
      ([name, { calls, instructions }]) =>
        `  ${name.padEnd(24)}${count(instructions / examples).padStart(12)}${count(calls).padStart(10)} calls`,
    );
}

function memoryLines({ chunkBytes, slots, stackSlots, cStackBytes, cHeapBytes }: BareRun): string[] {
  return [
    `at most: chunks ${count(chunkBytes)} B, slots ${count(slots)} (${count(slots * SLOT_BYTES)} B), ` +
      `JavaScript stack ${count(stackSlots)} slots, C stack ${count(cStackBytes)} B, C heap ${count(cHeapBytes)} B`,
  ];
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
