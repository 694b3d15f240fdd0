/**
 * Labels for a row of boards: a table for the terminal and a page to print and cut.
 * @module
 */

export interface Label {
  readonly device: string;
  readonly task: string;
  readonly code?: string; // to join with
}

/** A4 at 96 dots per inch; labels in rows of COLUMNS. */
const PAGE = { width: 794, height: 1123, margin: 38 };
const COLUMNS = 3;
const LABEL_HEIGHT = 120;
const GAP = 12;
const ROWS = Math.floor((PAGE.height - 2 * PAGE.margin + GAP) / (LABEL_HEIGHT + GAP));

export function labelTable(labels: readonly Label[]): string {
  const rows = [
    ['device', 'task', 'join code'],
    ...labels.map(({ device, task, code = '' }) => [device, task, code]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) =>
      row
        .map((text, column) => text.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** An SVG document, as long as the labels need. Text may hold anything. */
export function labelPage(labels: readonly Label[]): string {
  const pages = Math.max(1, Math.ceil(labels.length / (COLUMNS * ROWS)));
  const height = pages * PAGE.height;
  const drawn = labels.map((label, index) => drawLabel(label, index)).join('\n');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${PAGE.width}" height="${height}" viewBox="0 0 ${PAGE.width} ${height}">`,
    '<style>text { font-family: sans-serif; fill: #111 } .name { font-size: 24px; font-weight: bold } .rest { font-size: 14px }</style>',
    `<rect width="${PAGE.width}" height="${height}" fill="#fff"/>`,
    ...(drawn === '' ? [] : [drawn]),
    '</svg>',
    '',
  ].join('\n');
}

function drawLabel({ device, task, code }: Label, index: number): string {
  const perPage = COLUMNS * ROWS;
  const row = Math.floor((index % perPage) / COLUMNS);
  const width = (PAGE.width - 2 * PAGE.margin - (COLUMNS - 1) * GAP) / COLUMNS;
  const x = Math.round(PAGE.margin + (index % COLUMNS) * (width + GAP));
  const y = Math.floor(index / perPage) * PAGE.height + PAGE.margin + row * (LABEL_HEIGHT + GAP);
  const lines = [`task ${task}`, ...(code === undefined ? [] : [`join code ${code}`])];
  return [
    `<rect x="${x}" y="${y}" width="${Math.round(width)}" height="${LABEL_HEIGHT}" rx="8" fill="none" stroke="#999"/>`,
    // A long name is squeezed, so that it stays on its label.
    `<text class="name" x="${x + 14}" y="${y + 42}"${fitting(device, 15, width - 28)}>${escaped(device)}</text>`,
    ...lines.map(
      (line, i) =>
        `<text class="rest" x="${x + 14}" y="${y + 74 + 24 * i}"${fitting(line, 9, width - 28)}>${escaped(line)}</text>`,
    ),
  ].join('\n');
}

/** Squeezed where its letters, at most about so wide, would not fit. */
function fitting(text: string, letter: number, width: number): string {
  if (text.length * letter <= width) return '';
  return ` textLength="${Math.round(width)}" lengthAdjust="spacingAndGlyphs"`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (char) => ENTITIES[char]);
}
