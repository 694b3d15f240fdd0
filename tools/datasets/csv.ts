/**
 * Reads CSV into rows of text that know their line. Quotes, CRLF, empty lines and a byte order
 * mark are the library's work (csv-parse).
 * @module
 */
import { parse } from 'csv-parse/sync';

export interface Table {
  readonly columns: readonly string[]; // names of the header, or '1', '2', … without one
  readonly rows: readonly Row[];
}

export interface Row {
  readonly line: number; // of the file, from 1
  readonly cells: readonly string[]; // one for each column, without blanks around
}

export interface CsvOptions {
  readonly header?: boolean; // the first row names the columns, which it does when left out
  readonly delimiter?: string; // `,` when left out
}

/** @throws RangeError naming the line and what was expected */
export function parseCsv(bytes: Uint8Array, { header = true, delimiter = ',' }: CsvOptions = {}): Table {
  const all: Row[] = [];
  parse(bytes, {
    bom: true,
    delimiter,
    trim: true,
    skip_empty_lines: true,
    relax_column_count: true, // checked below, with the line in the error
    on_record: (cells: string[], { lines }) => {
      all.push({ line: lines, cells });
      return null;
    },
  });
  const [first, ...rest] = all;
  if (first === undefined) throw new RangeError('csv file without rows, expected 1 or more');
  const columns = header ? first.cells : first.cells.map((_, i) => String(i + 1));
  const rows = header ? rest : all;
  const twice = columns.find((name, i) => columns.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new RangeError(`line ${first.line}: column "${twice}" twice, expected each name once`);
  }
  for (const { line, cells } of rows) {
    if (cells.length !== columns.length) {
      throw new RangeError(`line ${line}: ${cells.length} cells, expected ${columns.length}`);
    }
  }
  if (rows.length === 0) throw new RangeError('csv file without rows below its header, expected 1 or more');
  return { columns, rows };
}
