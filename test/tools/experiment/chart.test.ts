import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { axisOf } from '../../../tools/experiment/axis.js';
import { type ChartSettings, chartSvg } from '../../../tools/experiment/chart.js';
import { plotsOf } from '../../../tools/experiment/plot.js';
import { smallResult } from './results.js';
import { type Element, elementsOf, parseXml } from './xml.js';

const test = suite('chart');

const CHART: ChartSettings = {
  title: 'a < b & "c"',
  x: { title: 'round', scale: 'linear', format: String },
  y: { title: 'accuracy', scale: 'linear', format: String },
  lines: [
    {
      ...{ name: 'one <1>', colour: 0, dash: 0 },
      points: [
        { x: 0, y: 10, spread: 2 },
        { x: 100, y: 90, spread: 5 },
      ],
    },
    { name: 'two', colour: 1, dash: 1, points: [{ x: 50, y: 50, spread: 0 }] },
  ],
};

function placesOf(element: Element): number[][] {
  return element.attributes.points.split(' ').map((place) => place.split(',').map(Number));
}

test('the XML reader refuses what is not well-formed', () => {
  for (const bad of [
    '<a>',
    '<a></b>',
    '<a/><b/>',
    '<a>&</a>',
    '<a b="1" b="2"/>',
    '<a b=1/>',
    '<a><b</a>',
    'x<a/>',
  ]) {
    assert.throws(() => parseXml(bad), undefined, bad);
  }
  assert.is(parseXml('<a b="1"><c/>x &lt; y</a>').text, 'x < y');
});

test('a chart is well-formed, and its texts are those given', () => {
  const svg = parseXml(chartSvg(CHART));
  assert.is(svg.name, 'svg');
  assert.is(svg.attributes.xmlns, 'http://www.w3.org/2000/svg');
  const texts = elementsOf(svg, 'text').map((element) => element.text);
  for (const text of ['a < b & "c"', 'round', 'accuracy', 'one <1>', 'two', '0', '100']) {
    assert.ok(texts.includes(text), text);
  }
});

test('a line goes through its points, upwards for more, with its spread around it', () => {
  const svg = parseXml(chartSvg(CHART));
  const [line] = elementsOf(svg, 'polyline').map(placesOf);
  const [band, ...others] = elementsOf(svg, 'polygon').map(placesOf);
  const [[x0, y0], [x1, y1]] = line;
  assert.ok(x0 < x1 && y0 > y1);
  assert.equal(
    band.map(([x]) => x),
    [x0, x1, x1, x0],
  );
  assert.ok(band[0][1] < y0 && y0 < band[3][1]);
  assert.is(others.length, 0);
});

test('a line of one point is a dot', () => {
  assert.is(elementsOf(parseXml(chartSvg(CHART)), 'circle').length, 1);
});

test('ticks stand at round values that enclose all others', () => {
  const labels = (scale: 'linear' | 'logarithmic', values: number[]) => {
    const axis = axisOf({ title: '', scale, format: String }, values);
    for (const value of values) assert.ok(axis.place(value) >= 0 && axis.place(value) <= 1, String(value));
    return axis.ticks.map((tick) => tick.label).join(' ');
  };
  assert.is(labels('linear', [3, 97]), '0 20 40 60 80 100');
  assert.is(labels('linear', [71.2, 74.8]), '71 72 73 74 75');
  assert.is(labels('linear', [-3, 4]), '-4 -2 0 2 4');
  assert.is(labels('linear', [5, 5]), '5 6');
  assert.is(labels('logarithmic', [3e5, 1e7]), '200000 500000 1000000 2000000 5000000 10000000');
  assert.is(labels('logarithmic', [1, 1e5]), '1 10 100 1000 10000 100000');
  assert.is(labels('logarithmic', [0.08, 1]), '0.05 0.1 0.2 0.5 1');
  assert.is(labels('logarithmic', [2, 2]), '2 5');
});

test('the plots of an experiment are well-formed, one line per row', () => {
  const plots = plotsOf(smallResult());
  assert.equal(
    plots.map((plot) => plot.file),
    [
      'accuracy-by-round.svg',
      'accuracy-by-bytes.svg',
      'accuracy-by-bytes-up.svg',
      'accuracy-by-macs.svg',
      'density-by-layer.svg',
    ],
  );
  for (const { file, svg } of plots) assert.is(elementsOf(parseXml(svg), 'polyline').length, 2, file);
});

test('several partitions have plots of their own', () => {
  const { rows, ...rest } = smallResult();
  const other = { name: 'alpha 0.1', partition: 'natural' };
  const more = rows.map((each) => ({ ...each, row: { ...each.row, partition: other } }));
  const files = plotsOf({ ...rest, rows: [...rows, ...more] }).map((plot) => plot.file);
  assert.is(files.length, 9);
  assert.ok(files.includes('accuracy-by-bytes-alpha-0.1.svg'));
});

test.run();
