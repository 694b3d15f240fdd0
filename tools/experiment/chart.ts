/**
 * A line chart as SVG text, with the spread around each line. Written here because the libraries
 * that draw without a browser are far larger than what three axes and some lines need.
 * @module
 */
import { type Axis, type AxisSettings, axisOf } from './axis.js';

export interface ChartPoint {
  readonly x: number;
  readonly y: number;
  readonly spread: number; // drawn this far above and below; 0 = none
}

export interface ChartLine {
  readonly name: string;
  readonly colour: number; // any whole number from 0; equal ones look the same
  readonly dash: number; // likewise
  readonly points: readonly ChartPoint[];
}

export interface ChartSettings {
  readonly title: string;
  readonly x: AxisSettings;
  readonly y: AxisSettings;
  readonly lines: readonly ChartLine[]; // with a point each at least
}

/** Told apart by colour-blind eyes too (Okabe and Ito 2008). */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000'];
const DASHES = ['', '6 3', '2 3', '9 3 2 3'];

const WIDTH = 760;
const HEIGHT = 420;
const LEFT = 62;
const TOP = 36;
const PLOT_WIDTH = 480;
const PLOT_HEIGHT = 320;
const RIGHT = LEFT + PLOT_WIDTH;
const BOTTOM = TOP + PLOT_HEIGHT;
const LINE_HEIGHT = 18;

export function chartSvg({ title, x, y, lines }: ChartSettings): string {
  const points = lines.flatMap((line) => line.points);
  const xAxis = axisOf(
    x,
    points.map((point) => point.x),
  );
  const yAxis = axisOf(
    y,
    points.flatMap((point) => [point.y - point.spread, point.y + point.spread]),
  );
  const place = (px: number, py: number) =>
    `${fixed(LEFT + PLOT_WIDTH * xAxis.place(px))},${fixed(BOTTOM - PLOT_HEIGHT * yAxis.place(py))}`;
  const hasDots = x.scale === 'names';
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" fill="#333">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    label(LEFT, TOP - 14, title, 'font-size="15"'),
    ...horizontalAxis(xAxis),
    ...verticalAxis(yAxis),
    ...lines.map((line) => bandOf(line, place)),
    ...lines.map((line) => lineOf(line, place, hasDots)),
    ...lines.flatMap(legendOf),
    '</svg>',
    '',
  ]
    .filter((part, i, all) => part !== '' || i === all.length - 1)
    .join('\n');
}

type Place = (x: number, y: number) => string;

function bandOf({ points, colour }: ChartLine, place: Place): string {
  if (points.length < 2 || points.every((point) => point.spread === 0)) return '';
  const upper = points.map(({ x, y, spread }) => place(x, y + spread));
  const lower = points.map(({ x, y, spread }) => place(x, y - spread)).reverse();
  return `<polygon points="${[...upper, ...lower].join(' ')}" fill="${colourOf(colour)}" fill-opacity="0.12"/>`;
}

function lineOf(line: ChartLine, place: Place, hasDots: boolean): string {
  const corners = line.points.map(({ x, y }) => place(x, y));
  const path = `<polyline points="${corners.join(' ')}" fill="none" ${stroke(line)}/>`;
  if (!hasDots && corners.length > 1) return path;
  const dots = corners.map((corner) => {
    const [cx, cy] = corner.split(',');
    return `<circle cx="${cx}" cy="${cy}" r="3.5" fill="${colourOf(line.colour)}"/>`;
  });
  return [path, ...dots].join('\n');
}

function legendOf(line: ChartLine, index: number): string[] {
  const y = TOP + 8 + index * LINE_HEIGHT;
  const x = RIGHT + 16;
  return [
    `<line x1="${x}" y1="${y}" x2="${x + 26}" y2="${y}" ${stroke(line)}/>`,
    label(x + 32, y + 4, line.name),
  ];
}

function horizontalAxis({ ticks, title }: Axis): string[] {
  return [
    ...ticks.flatMap((tick) => {
      const x = fixed(LEFT + PLOT_WIDTH * tick.at);
      return [
        `<line x1="${x}" y1="${TOP}" x2="${x}" y2="${BOTTOM}" stroke="#eee"/>`,
        label(x, BOTTOM + 17, tick.label, 'text-anchor="middle"'),
      ];
    }),
    `<line x1="${LEFT}" y1="${BOTTOM}" x2="${RIGHT}" y2="${BOTTOM}" stroke="#333"/>`,
    label(LEFT + PLOT_WIDTH / 2, BOTTOM + 40, title, 'text-anchor="middle"'),
  ];
}

function verticalAxis({ ticks, title }: Axis): string[] {
  const middle = TOP + PLOT_HEIGHT / 2;
  return [
    ...ticks.flatMap((tick) => {
      const y = fixed(BOTTOM - PLOT_HEIGHT * tick.at);
      return [
        `<line x1="${LEFT}" y1="${y}" x2="${RIGHT}" y2="${y}" stroke="#eee"/>`,
        label(LEFT - 6, Number(y) + 4, tick.label, 'text-anchor="end"'),
      ];
    }),
    `<line x1="${LEFT}" y1="${TOP}" x2="${LEFT}" y2="${BOTTOM}" stroke="#333"/>`,
    label(16, middle, title, `text-anchor="middle" transform="rotate(-90 16 ${middle})"`),
  ];
}

function stroke({ colour, dash }: ChartLine): string {
  const pattern = DASHES[dash % DASHES.length];
  const dashes = pattern === '' ? '' : ` stroke-dasharray="${pattern}"`;
  return `stroke="${colourOf(colour)}" stroke-width="2" stroke-linejoin="round"${dashes}`;
}

function colourOf(colour: number): string {
  return COLOURS[colour % COLOURS.length];
}

function label(x: number | string, y: number, content: string, attributes = ''): string {
  const more = attributes === '' ? '' : ` ${attributes}`;
  return `<text x="${x}" y="${y}"${more}>${escaped(content)}</text>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** One decimal is enough for a place, and keeps files small and equal. */
function fixed(value: number): string {
  return value.toFixed(1);
}
