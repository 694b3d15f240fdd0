/**
 * Measures rows of an engine, several at once: counts do not depend on what else runs.
 * @module
 */
import { format } from './baseline.js';
import type { Engine } from './engine.js';
import type { Measured } from './measured.js';

/** @param folder for files of the engine */
export async function measureRows(
  engine: Engine,
  rows: readonly string[],
  folder: string,
  jobs: number,
): Promise<Record<string, Measured>> {
  const measure = await engine.open(folder);
  const found = new Map<string, Measured>();
  const queue = rows.values();
  const worker = async () => {
    for (const row of queue) {
      const measured = await measure(row);
      found.set(row, measured);
      console.log(`${engine.name}: ${row}: ${format(measured.value)}`);
    }
  };
  await Promise.all(Array.from({ length: jobs }, worker));
  return Object.fromEntries(rows.map((row) => [row, found.get(row) as Measured]));
}
