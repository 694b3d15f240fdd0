/**
 * How every bench prints: a title, the machine, aligned tables, and under a figure all the runs behind it.
 * @module
 */
import { cpus } from 'node:os';

/** A line for people who compare figures of two machines. */
export function machineLine(): string {
  const all = cpus();
  return `Node ${process.versions.node}, ${process.arch}, ${all.length} × ${all[0]?.model.trim() ?? 'unknown CPU'}`;
}

/** The first column to the left, the others, numbers, to the right. */
export function tableLines(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  return all.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])))
      .join('  ')
      .trimEnd(),
  );
}

/** `12.3 10.9 11.0`: each run, in order. */
export function runsLine(values: readonly number[], digits = 1): string {
  return values.map((value) => value.toFixed(digits)).join(' ');
}
