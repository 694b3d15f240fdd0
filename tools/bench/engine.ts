/**
 * What the bench can measure with: each engine says what it needs, which tools its figures depend on and
 * which rows it has.
 * @module
 */
import type { Measured } from './measured.js';

export interface Engine {
  readonly name: string; // its key in the baseline
  /** Why it cannot run here, in words for a person; undefined where it can. */
  missing(): string | undefined;
  /** Versions and flags: figures of other ones cannot be compared. */
  tools(): string;
  readonly rows: readonly string[];
  /** Why one row cannot be measured here; undefined where it can. */
  missingRow?(row: string): string | undefined;
  /** Builds what rows need. @param folder for files that may go afterwards */
  open(folder: string): Promise<(row: string) => Promise<Measured>>;
}
