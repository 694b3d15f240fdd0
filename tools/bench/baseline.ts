/**
 * The figures that are committed, by engine and row, each engine's with the versions of the tools that made
 * them: another compiler makes other instructions.
 * @module
 */
import type { Measured } from './measured.js';

export interface EngineFigures {
  readonly tools: string;
  readonly rows: Readonly<Record<string, Measured>>;
}

export type Baseline = Readonly<Record<string, EngineFigures>>;

/** A figure may grow by this part before it counts as a regression. */
export const TOLERANCE = 0.02;

export interface Difference {
  /** worse and better: by more than TOLERANCE; gone: no longer measured */
  readonly kind: 'worse' | 'better' | 'new' | 'gone';
  readonly row: string;
  readonly was?: number;
  readonly is?: number;
}

/**
 * What changed. @param isWhole every row of the engine was measured: what is not there is gone
 * @throws RangeError where the baseline is of other tools
 */
export function compare(was: EngineFigures, is: EngineFigures, isWhole: boolean): Difference[] {
  if (was.tools !== is.tools) throw new RangeError(`tools ${is.tools}, expected ${was.tools}`);
  const differences: Difference[] = [];
  for (const [row, { value }] of Object.entries(is.rows)) {
    const before = was.rows[row]?.value;
    if (before === undefined) differences.push({ kind: 'new', row, is: value });
    else if (value > before * (1 + TOLERANCE))
      differences.push({ kind: 'worse', row, was: before, is: value });
    else if (value < before * (1 - TOLERANCE))
      differences.push({ kind: 'better', row, was: before, is: value });
  }
  if (isWhole) {
    for (const [row, { value }] of Object.entries(was.rows)) {
      if (is.rows[row] === undefined) differences.push({ kind: 'gone', row, was: value });
    }
  }
  return differences;
}

/** Whether a check fails: something costs more, or is no longer looked at. */
export function isFailure({ kind }: Difference): boolean {
  return kind === 'worse' || kind === 'gone';
}

export function differenceLine(engine: string, { kind, row, was, is }: Difference): string {
  const head = `${kind} ${engine}: ${row}`;
  if (was === undefined || is === undefined) return `${head}: ${format(was ?? is ?? 0)}`;
  const percent = (100 * (is - was)) / was;
  return `${head}: was ${format(was)}, is ${format(is)}, ${percent > 0 ? '+' : ''}${percent.toFixed(1)} %`;
}

export function format(value: number): string {
  return value.toLocaleString('en-US');
}

/**
 * The baseline with an engine's new figures; rows that were not measured stay.
 * @param isWhole every row was measured: those that are not there go
 * @throws RangeError where rows of other tools would stay beside the new ones
 */
export function withFigures(
  baseline: Baseline,
  engine: string,
  figures: EngineFigures,
  isWhole: boolean,
): Baseline {
  const before = baseline[engine];
  if (isWhole || before === undefined) return { ...baseline, [engine]: figures };
  if (before.tools !== figures.tools) {
    throw new RangeError(
      `${engine}: only some rows with ${figures.tools}, the others are of ${before.tools}`,
    );
  }
  return { ...baseline, [engine]: { ...figures, rows: { ...before.rows, ...figures.rows } } };
}

/**
 * What baselineText wrote. @throws RangeError in one line: no JSON, or what is not as expected in it
 */
export function parseBaseline(text: string): Baseline {
  const baseline = jsonOf(text);
  if (!isRecord(baseline)) throw new RangeError('expected figures by engine');
  for (const [engine, figures] of Object.entries(baseline)) {
    if (!isRecord(figures) || typeof figures.tools !== 'string' || !isRecord(figures.rows)) {
      throw new RangeError(`${engine}: expected tools and rows`);
    }
    for (const [row, measured] of Object.entries(figures.rows)) {
      if (!isRecord(measured) || !Number.isFinite(measured.value) || !isRecord(measured.parts)) {
        throw new RangeError(`${engine}: ${row}: expected a value and its parts`);
      }
    }
  }
  return baseline as Baseline;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RangeError('no JSON, expected figures by engine', { cause: error });
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** As JSON with a line for each row, in a fixed order, so that a diff shows what changed. */
export function baselineText(baseline: Baseline): string {
  const engines = Object.keys(baseline)
    .sort()
    .map((engine) => {
      const { tools, rows } = baseline[engine];
      const lines = Object.keys(rows)
        .sort()
        .map((row) => `      ${JSON.stringify(row)}: ${JSON.stringify(rows[row])}`);
      return `  ${JSON.stringify(engine)}: {\n    "tools": ${JSON.stringify(tools)},\n    "rows": {\n${lines.join(',\n')}\n    }\n  }`;
    });
  return `{\n${engines.join(',\n')}\n}\n`;
}
