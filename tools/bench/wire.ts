/**
 * `npm run bench:wire`: the bytes of real update frames: what a position costs beside the entropy of its mask,
 * and whole frames by the bits of a value. The data sets are those beside the repository (see
 * tools/test/outside.ts); what is absent is left out and said.
 * @module
 */
import { Command } from 'commander';
import { VALUE_BITS } from '../../shared/model/delta.js';
import type { PresetName, Recipe } from '../../shared/model/recipe.js';
import { runCommand } from '../cli/entry.js';
import { tableLines } from './sheet.js';
import { costOf, fiftyTask, outsideTask, type Task } from './task.js';

interface Case {
  readonly name: string;
  readonly method: PresetName;
  readonly changes: Partial<Recipe>;
}

const CASES: readonly Case[] = [
  { name: 'zerofl, top-k-weights', method: 'zerofl', changes: { uplink: 'top-k-weights', maskRatio: 0 } },
  { name: 'zerofl, top-k-weights-diff', method: 'zerofl', changes: { maskRatio: 0 } },
  { name: 'sparrow', method: 'sparrow', changes: {} },
  { name: 'sparrow, positions as a grid', method: 'sparrow', changes: { positions: 'grid' } },
];

await runCommand(
  new Command('bench:wire').description('count the bytes of real update frames, part by part').action(run),
);

function run(): void {
  const tasks: Record<string, Task | undefined> = {
    fashion14: outsideTask('fashion14'),
    speech12: outsideTask('speech12'),
    '50k, synthetic': fiftyTask(),
  };
  const rows: string[][] = [];
  for (const [data, task] of Object.entries(tasks)) {
    if (task === undefined) {
      console.log(`${data}: not beside the repository`);
      continue;
    }
    for (const { name, method, changes } of CASES) {
      const costs = VALUE_BITS.map((valueBits) => costOf(task, method, { ...changes, valueBits }));
      const { positions, positionBits, entropyBits } = costs[0];
      rows.push([
        `${data}: ${name}`,
        positions.toFixed(0),
        (positionBits / positions).toFixed(2),
        (entropyBits / positions).toFixed(2),
        ...costs.map(({ bytes }) => bytes.toFixed(0)),
      ]);
    }
  }
  const header = ['density 0.05, mask ratio 0, rate 0.4', 'positions', 'bits each', 'entropy'];
  for (const line of tableLines([...header, ...VALUE_BITS.map((bits) => `B, ${bits} bits`)], rows)) {
    console.log(line);
  }
  console.log(
    'positions: of layers that send a part of their weights, mean over the updates of some rounds;',
  );
  console.log('entropy: of masks of the same densities without any other knowledge; B: whole frames');
}
