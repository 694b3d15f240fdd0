/**
 * Axes of a chart: from values to places, and where the ticks stand.
 * @module
 */

export interface AxisSettings {
  readonly title: string;
  readonly scale: 'linear' | 'logarithmic' | 'names';
  /** One for each whole number from 0; only for the scale of names. */
  readonly names?: readonly string[];
  readonly format: (value: number) => string;
}

export interface Tick {
  readonly at: number; // part of the axis, 0 to 1
  readonly label: string;
}

export interface Axis {
  readonly title: string;
  readonly ticks: readonly Tick[];
  /** Part of the axis at which a value stands; 0 to 1 for the values it was made for. */
  readonly place: (value: number) => number;
}

const TICKS = 6; // about

/** @param values all that will be placed; above 0 for a logarithmic scale */
export function axisOf(settings: AxisSettings, values: readonly number[]): Axis {
  const { title, scale, format, names = [] } = settings;
  if (scale === 'names') {
    const place = (value: number) => (value + 0.5) / names.length;
    return { title, place, ticks: names.map((label, i) => ({ at: place(i), label })) };
  }
  const marks = scale === 'linear' ? linearMarks(values) : logarithmicMarks(values);
  const bend = scale === 'linear' ? (value: number) => value : Math.log10;
  const from = bend(marks[0]);
  const to = bend(marks[marks.length - 1]);
  const place = (value: number) => (bend(value) - from) / (to - from);
  return { title, place, ticks: marks.map((mark) => ({ at: place(mark), label: format(mark) })) };
}

/** Multiples of 1, 2 or 5 · 10^n that enclose the values. */
function linearMarks(values: readonly number[]): number[] {
  const least = Math.min(...values);
  const span = Math.max(...values) - least || Math.abs(least) || 1;
  const power = 10 ** Math.floor(Math.log10(span / TICKS));
  const step = power * ([1, 2, 5].find((factor) => factor * power * TICKS >= span) ?? 10);
  const first = Math.floor(least / step);
  const last = Math.max(first + 1, Math.ceil(Math.max(...values) / step));
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** 1, 2 and 5 · 10^n that enclose the values; powers of ten alone when they span many. */
function logarithmicMarks(values: readonly number[]): number[] {
  const least = Math.min(...values);
  const most = Math.max(...values);
  const factors = most / least > 10 ** (TICKS / 2) ? [1] : [1, 2, 5];
  const from = Math.floor(Math.log10(least));
  const to = Math.ceil(Math.log10(most)) + 1;
  const all: number[] = [];
  for (let power = from; power <= to; power++) {
    for (const factor of factors) all.push(Number(`${factor}e${power}`));
  }
  const first = all.findLastIndex((mark) => mark <= least);
  const last = Math.max(
    first + 1,
    all.findIndex((mark) => mark >= most),
  );
  return all.slice(first, last + 1);
}
