/**
 * docs/benchmarks.md: a person's words, and between two marks each a table made of the baseline.
 *
 *     <!-- table kernels -->
 *     (replaced)
 *     <!-- end -->
 * @module
 */
import type { Baseline } from './baseline.js';
import { TABLES } from './tables.js';

const SECTION = /<!-- table ([a-z0-9+ -]+) -->\n[\s\S]*?<!-- end -->/g;

/**
 * The page with every table made anew; all else stays as it is.
 * @throws RangeError for a table that does not exist
 */
export function fillTables(page: string, baseline: Baseline): string {
  return page.replace(SECTION, (_, name: string) => {
    const table = TABLES[name];
    if (table === undefined) {
      throw new RangeError(`table ${name} of the page, expected ${Object.keys(TABLES).join(', ')}`);
    }
    return `<!-- table ${name} -->\n${table(baseline)}\n<!-- end -->`;
  });
}
