/**
 * Which networks of the zoo fit which board, by method: the sum of a first round's RAM against the board's
 * budget.
 * @module
 */
import { BOARD_NAMES, type BoardProfile, boardProfile } from '../../shared/model/boards.js';
import type { ModelDescription } from '../../shared/model/description.js';
import { initialModel } from '../../shared/model/initial.js';
import { type MemoryNeed, memoryOf } from '../../shared/model/memory.js';
import { PRESETS, type PresetName, recipeOf } from '../../shared/model/recipe.js';
import { planTraining, powerOf } from '../../shared/model/training.js';
import { ZOO } from '../datasets/zoo.js';

export interface FitOptions {
  readonly density: number;
  readonly batch: number;
  readonly examples: number; // on the board
}

/** What a first round needs: its model is new, so what follows the model's zeros has none yet to follow. */
export function needOf(
  description: ModelDescription,
  preset: PresetName,
  { density, batch, examples }: FitOptions,
): MemoryNeed {
  const recipe = recipeOf(preset, density, { batch });
  const model = initialModel(description, 1, powerOf(recipe));
  const { layout } = model.head;
  const { method, layers } = planTraining(recipe, layout, 1, model);
  return memoryOf(layout, batch, layers, examples, method);
}

export interface Fit {
  readonly description: ModelDescription;
  readonly need: MemoryNeed;
  readonly fits: boolean;
}

/** The zoo by what it needs, the smallest first. */
export function fitsOf(board: BoardProfile, preset: PresetName, options: FitOptions): readonly Fit[] {
  return ZOO.map((description): Fit => {
    const need = needOf(description, preset, options);
    return { description, need, fits: need.bytes <= board.ramBytes };
  }).sort((a, b) => a.need.bytes - b.need.bytes);
}

/** A table in Markdown: the largest network that fits, with its bytes, and the others that do. */
export function fitTable(options: FitOptions): string[] {
  const boards = BOARD_NAMES.map(boardProfile);
  const head = boards.map(({ name, ramBytes }) => `${name}, ${count(ramBytes)} B`);
  const rows = PRESETS.map((preset) => {
    const cells = boards.map((board) => cell(fitsOf(board, preset, options).filter(({ fits }) => fits)));
    return [preset, ...cells];
  });
  return [['method', ...head], ['---', ...head.map(() => '---')], ...rows].map(
    (cells) => `| ${cells.join(' | ')} |`,
  );
}

function cell(fits: readonly Fit[]): string {
  const largest = fits.at(-1);
  if (largest === undefined) return 'none';
  const others = fits.slice(0, -1).map(({ description }) => description.name);
  const text = `**${largest.description.name}** ${count(largest.need.bytes)}`;
  return others.length === 0 ? text : `${text}; ${others.reverse().join(', ')}`;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
