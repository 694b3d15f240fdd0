/**
 * The rows of an experiment: every method at every density on every partition with every variation.
 * A row becomes one line of the table; its runs differ in the seed only.
 * @module
 */
import { type Recipe, recipeOf } from '../../shared/model/recipe.js';
import type { Arithmetic } from './arithmetic.js';
import type { Changes, Method } from './method.js';

export interface Partition {
  readonly name: string; // as the table shows it
  readonly partition: string; // as `split` takes it
  readonly clientsFile?: string;
}

export interface Row {
  readonly name: string; // of the method
  readonly variation: string; // `epochs 2`; empty when the experiment varies nothing
  readonly partition: Partition;
  readonly recipe: Recipe; // where isTuned, at the preset's rate
  readonly arithmetic: Arithmetic;
  readonly isTuned: boolean; // its rate is chosen first
  readonly base: number | undefined; // index of the row it is compared with, seed by seed
  readonly twinOf: number | undefined; // of float64: index of the same row in integers, whose rate it takes
}

/** A row by itself. */
type Line = Omit<Row, 'base' | 'twinOf'>;

export interface Factors {
  readonly methods: readonly Method[];
  readonly partitions: readonly Partition[];
  readonly variations: readonly Changes[]; // at least one, maybe empty
  readonly arithmetics: readonly Arithmetic[]; // at least one
  readonly rounds: number;
  readonly base?: string; // name of a method
}

/**
 * Ordered by partition, variation, density, method, then arithmetic.
 * @throws RangeError naming the method and the field when changes do not fit each other
 */
export function rowsOf(factors: Factors): Row[] {
  const { methods, partitions, variations, arithmetics, rounds, base } = factors;
  const rows: Line[] = [];
  for (const partition of partitions) {
    for (const variation of variations) {
      const group = methods.flatMap((method) =>
        densitiesOf(method).flatMap((density) =>
          arithmetics.map((arithmetic) => ({
            name: method.name,
            variation: labelOf(variation),
            partition,
            recipe: recipeAt(method, density, { ...variation, rounds }),
            arithmetic,
            isTuned: method.rate === 'grid' && (arithmetic === 'integer' || arithmetics.length === 1),
          })),
        ),
      );
      rows.push(...group.sort((a, b) => b.recipe.density - a.recipe.density)); // the sort is stable
    }
  }
  return rows.map((row) => ({ ...row, base: baseOf(row, rows, base), twinOf: twinOf(row, rows) }));
}

/** `sparrow, density 0.1, natural, epochs 2`: names a row for a person. */
export function rowLabel({ name, variation, partition, recipe, arithmetic }: Line): string {
  const label = [name, `density ${recipe.density}`, partition.name];
  if (variation !== '') label.push(variation);
  if (arithmetic !== 'integer') label.push(arithmetic);
  return label.join(', ');
}

function densitiesOf({ preset, densities }: Method): readonly number[] {
  return preset === 'dense' ? [1] : densities;
}

function recipeAt({ name, preset, rate, changes }: Method, density: number, others: Changes): Recipe {
  const own = typeof rate === 'number' ? { rate } : {};
  try {
    return recipeOf(preset, density, { ...changes, ...others, ...own } as Partial<Recipe>);
  } catch (error) {
    throw new RangeError(`method ${name} at density ${density}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** The base method's row at the same density, or its only one, under the same conditions. */
function baseOf(row: Line, rows: readonly Line[], base: string | undefined): number | undefined {
  if (row.name === base) return undefined;
  const others = [...rows.keys()].filter((i) => {
    return rows[i].name === base && rows[i].arithmetic === row.arithmetic && isLike(rows[i], row);
  });
  const same = others.find((i) => rows[i].recipe.density === row.recipe.density);
  return same ?? (others.length === 1 ? others[0] : undefined);
}

function twinOf(row: Line, rows: readonly Line[]): number | undefined {
  if (row.arithmetic === 'integer') return undefined;
  const index = rows.findIndex(
    ({ name, recipe, arithmetic }, i) =>
      name === row.name &&
      recipe.density === row.recipe.density &&
      arithmetic === 'integer' &&
      isLike(rows[i], row),
  );
  return index < 0 ? undefined : index;
}

function isLike(a: Line, b: Line): boolean {
  return a.partition === b.partition && a.variation === b.variation;
}

function labelOf(variation: Changes): string {
  return Object.entries(variation)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}
