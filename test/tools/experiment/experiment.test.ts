import { readdirSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseExperiment, readExperiment } from '../../../tools/experiment/experiment.js';
import { rowLabel } from '../../../tools/experiment/row.js';

const test = suite('experiment');

const SMALL = {
  data: 'digits',
  rounds: 3,
  methods: [{ method: 'dense' }, { method: 'zerofl' }, { method: 'sparrow' }],
  densities: [0.05, 0.1],
  seeds: 2,
};

function parse(changes: Record<string, unknown> = {}) {
  return parseExperiment(JSON.stringify({ ...SMALL, ...changes }), 'small');
}

const WRONG: Readonly<Record<string, readonly [Record<string, unknown>, string]>> = {
  'an unknown field': [{ epochs: 2 }, 'experiment.epochs 2, expected only about, data, '],
  'no data': [{ data: undefined }, 'data missing, expected a text'],
  'no rounds': [{ rounds: 0 }, 'rounds 0, expected an integer from 1 to 1000000'],
  'no method': [{ methods: [] }, 'methods [], expected a list of 1 item or more'],
  'an unknown method': [
    { methods: [{ method: 'magic' }] },
    'methods[0].method "magic", expected dense, swat, zerofl',
  ],
  'an unknown field of a method': [
    { methods: [{ method: 'swat', epoch: 2 }] },
    'methods[0].epoch 2, expected one of ',
  ],
  'a field of a method that others decide': [
    { methods: [{ method: 'swat', density: 0.1 }] },
    'methods[0].density 0.1, expected one of ',
  ],
  'a value out of range': [
    { methods: [{ method: 'swat', epochs: 0 }] },
    'methods[0].epochs 0, expected an integer from 1 to 255',
  ],
  'a value of another type': [
    { methods: [{ method: 'swat', clip: '4' }] },
    'methods[0].clip "4", expected a number',
  ],
  'an unknown word': [
    { methods: [{ method: 'swat', uplink: 'most' }] },
    'methods[0].uplink "most", expected all, top-k-weights, diff-on-top-k-weights, top-k-weights-diff',
  ],
  'two methods of one name': [
    { methods: [{ method: 'swat' }, { method: 'swat', epochs: 2 }] },
    'methods[1].name "swat", expected each name once',
  ],
  'a density of 0': [{ densities: [0] }, 'densities[0] 0, expected a number above 0, to 1'],
  'a density twice': [{ densities: [0.1, 0.1] }, 'densities[1] 0.1, expected each item once'],
  'no density': [{ densities: undefined }, 'densities missing, expected a list of densities'],
  'a rate that is no rate': [{ rates: 'best' }, 'rates "best", expected "grid" or a number above 0, to 16'],
  'a method without a rate': [
    { rates: { dense: 0.1, zerofl: 0.2 } },
    'rates.sparrow missing, expected "grid" or a number above 0, to 16',
  ],
  'a rate of no method': [{ rates: { swat: 0.1 } }, 'rates.swat 0.1, expected only dense, zerofl, sparrow'],
  'no seed': [{ seeds: 0 }, 'seeds 0, expected an integer from 1 to 1000'],
  'a seed twice': [{ seeds: [1, 2, 1] }, 'seeds[2] 1, expected each item once'],
  'more seeds to tune than seeds': [{ tuneSeeds: 3 }, 'tuneSeeds 3, expected an integer from 1 to 2'],
  'a base that is no method': [
    { base: 'swat' },
    `base "swat", expected a method's name: dense, zerofl, sparrow`,
  ],
  'a partition with an unknown field': [
    { partitions: [{ partition: 'iid', alpha: 1 }] },
    'partitions[0].alpha 1, expected only partition, name, clientIds',
  ],
  'an unknown arithmetic': [
    { arithmetic: ['integer', 'float32'] },
    'arithmetic[1] "float32", expected integer, float64',
  ],
  'a judge that is no yes or no': [{ validate: 1 }, 'validate 1, expected true or false'],
  'a variation out of range': [
    { vary: { epochs: [1, 300] } },
    'vary.epochs[1] 300, expected an integer from 1 to 255',
  ],
};

for (const [what, [changes, message]] of Object.entries(WRONG)) {
  test(`${what} is told with field, value and what was expected`, () => {
    assert.throws(
      () => parse(changes),
      (error: Error) => error instanceof RangeError && error.message.startsWith(message),
    );
  });
}

test('what is no JSON, and a file that is missing, is told in one line', () => {
  assert.throws(() => parseExperiment('{ data: 1 }', 'x'), /^experiment, expected JSON: /);
  assert.throws(() => readExperiment('no/such.json'), /^experiment no\/such\.json: ENOENT/);
});

test('rows are every method at every density on every partition with every variation', () => {
  const { rows } = parse({ partitions: ['natural', 'iid'], vary: { epochs: [1, 2] }, base: 'zerofl' });
  assert.is(rows.length, 2 * 2 * 5);
  assert.equal(
    rows.slice(5, 10).map((row) => rowLabel(row)),
    [
      'dense, density 1, natural, epochs 2',
      'zerofl, density 0.1, natural, epochs 2',
      'sparrow, density 0.1, natural, epochs 2',
      'zerofl, density 0.05, natural, epochs 2',
      'sparrow, density 0.05, natural, epochs 2',
    ],
  );
  assert.equal(
    rows.slice(5, 10).map((row) => row.base),
    [undefined, undefined, 6, undefined, 8],
  );
  assert.ok(rows.slice(5, 10).every(({ recipe }) => recipe.epochs === 2 && recipe.rounds === 3));
});

test('every row is compared with a dense base, which has one density', () => {
  const { rows } = parse({ base: 'dense' });
  assert.equal(
    rows.map((row) => row.base),
    [undefined, 0, 0, 0, 0],
  );
});

test('a method keeps its name, its changes, its densities and its rate', () => {
  const { rows } = parse({
    methods: [
      { method: 'sparrow' },
      { method: 'sparrow', name: 'long', epochs: 3, merge: 'cohort', densities: [0.2] },
    ],
    rates: { sparrow: 'grid', long: 0.7 },
  });
  const long = rows.find((row) => row.name === 'long');
  assert.equal(
    [long?.recipe.epochs, long?.recipe.merge, long?.recipe.density, long?.recipe.rate, long?.isTuned],
    [3, 'cohort', 0.2, 0.7, false],
  );
  assert.equal(
    rows.filter((row) => row.isTuned).map((row) => row.recipe.density),
    [0.1, 0.05],
  );
});

test('seeds are a count or a list', () => {
  assert.equal(parse({ seeds: 3 }).seeds, [1, 2, 3]);
  assert.equal(parse({ seeds: [7, 0] }).seeds, [7, 0]);
  assert.equal(parse({ seeds: 5 }).tuneSeeds, [1, 2, 3]);
});

test('a row in float64 follows its integer row, takes its rate and is compared with its own base', () => {
  const { rows } = parse({ arithmetic: ['integer', 'float64'], rates: 'grid', base: 'dense' });
  assert.equal(rows.slice(0, 4).map(rowLabel), [
    'dense, density 1, natural',
    'dense, density 1, natural, float64',
    'zerofl, density 0.1, natural',
    'zerofl, density 0.1, natural, float64',
  ]);
  assert.equal(
    rows.map((row) => row.twinOf),
    rows.map((_, i) => (i % 2 === 0 ? undefined : i - 1)),
  );
  assert.equal(
    rows.map((row) => row.base),
    rows.map((_, i) => (i < 2 ? undefined : i % 2)),
  );
  assert.ok(rows.every((row, i) => row.isTuned === (i % 2 === 0)));
});

test('rows are in integers where nothing is said, and float64 may stand alone', () => {
  assert.ok(parse().rows.every(({ arithmetic, twinOf }) => arithmetic === 'integer' && twinOf === undefined));
  const { rows } = parse({ arithmetic: ['float64'], rates: 'grid' });
  assert.ok(rows.every((row) => row.twinOf === undefined && row.isTuned));
});

test('every committed experiment can be read', () => {
  const files = readdirSync('experiments').filter((file) => file.endsWith('.json'));
  assert.ok(files.length > 3);
  for (const file of files) assert.ok(readExperiment(`experiments/${file}`).rows.length > 0);
});

test.run();
