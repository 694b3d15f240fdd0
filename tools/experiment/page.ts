/**
 * A page of results: a person's words, and between two marks each what an experiment gave.
 *
 *     <!-- experiment fashion14 -->
 *     (replaced)
 *     <!-- end -->
 * @module
 */
import type { ExperimentResult } from './runner.js';
import { markdownSection } from './table.js';

const SECTION = /<!-- experiment ([a-z0-9.-]+) -->\n[\s\S]*?<!-- end -->/g;

/** Names of the experiments that a page shows, in its order. */
export function experimentsOf(page: string): string[] {
  return [...page.matchAll(SECTION)].map(([, name]) => name);
}

/**
 * The page with every section made anew; all else stays as it is.
 * @param plotsOf links to the plots of an experiment, from the page
 */
export function fillPage(
  page: string,
  results: ReadonlyMap<string, ExperimentResult>,
  plotsOf: (name: string) => readonly string[],
): string {
  return page.replace(SECTION, (_, name: string) => {
    const result = results.get(name);
    if (result === undefined) throw new RangeError(`experiment ${name} of the page, expected its result`);
    return `<!-- experiment ${name} -->\n${markdownSection(result, plotsOf(name))}\n<!-- end -->`;
  });
}
