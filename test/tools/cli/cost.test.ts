import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { costCommand } from '../../../tools/cli/cost.js';
import { skip } from '../../../tools/test/skip.js';
import { missingForBare } from '../../../tools/xs/bare/bare.js';
import { MAIN, sparrow, temporaryFolder } from './sparrow.js';

const test = suite('cli/cost');

const folder = temporaryFolder();
test.after(() => rmSync(folder, { recursive: true, force: true }));

writeFileSync(join(folder, 'small.json'), describe([{ kind: 'dense', units: 10 }]));
writeFileSync(join(folder, 'typo.json'), describe([{ kind: 'dense', unit: 10 }]));

function describe(layers: readonly object[]): string {
  return JSON.stringify({ name: 'small', input: { shape: [8, 8], type: 'uint8', exp: -4 }, layers });
}

const MISTAKES: readonly (readonly [readonly string[], RegExp])[] = [
  [
    ['--model', 'huge'],
    /^model huge, expected digits-mlp, fashion14-mlp, fashion14-cnn, speech12-kws or a JSON description$/,
  ],
  [['--model', join(folder, 'typo.json')], /typo.json: model.layers\[0\].unit 10, expected only kind, units/],
  [['--data', 'nowhere'], /^data set nowhere, expected digits or a folder/],
  [
    ['--data', 'digits', '--model', 'fashion14-mlp'],
    /^model fashion14-mlp of 196 uint8 and 10 classes, expected 64 uint8 and 10 as in the data$/,
  ],
  [['--examples', '60000'], /^examples 60000, expected at most \d+ of digits$/],
  [['--examples', '0'], /argument '0' is invalid. Expected an integer from 1 to 65535/],
  [['--board', 'esp8266'], /^board esp8266, expected esp32/],
  [['--method', 'magic'], /^method magic, expected dense/],
  [['--density', '2'], /^density 2, expected above 0, to 1$/],
];

for (const [args, message] of MISTAKES) {
  test(`${args.join(' ')} is refused`, async () => {
    const command = costCommand()
      .exitOverride()
      .configureOutput({ writeErr: () => {} });
    const error = await command.parseAsync(args, { from: 'user' }).then(
      () => undefined,
      (reason: Error) => reason,
    );
    assert.instance(error, Error);
    assert.match(error!.message, message);
    assert.not.match(error!.message, /\n./);
  });
}

test('a mistake is told in one line', async () => {
  const { code, lines, errors } = await sparrow(folder, ['cost', '--model', 'typo.json']);
  assert.is(code, 1);
  assert.equal(lines, []);
  assert.is(errors.length, 1, errors.join('\n'));
  assert.match(errors[0], /^sparrow: typo.json: model.layers\[0\].unit 10, expected only kind, units/);
});

test('without the tools it says what is missing, and that nothing was counted', () => {
  const { status, stdout } = spawnSync(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), MAIN, 'cost'],
    { cwd: folder, env: { ...process.env, PATH: folder }, encoding: 'utf8' },
  );
  assert.is(status, 0);
  assert.match(stdout, /^skipped: a bare RISC-V needs gcc-riscv64-unknown-elf .*qemu-system-misc .*\n$/);
});

const missing = missingForBare();
if (missing !== undefined) skip('riscv', missing);
else {
  test('a description’s step: a row for each phase, whose sum is the step, and the memory', async () => {
    const given = [
      '--model',
      'small.json',
      '--native',
      '--examples',
      '16',
      '--batch',
      '4',
      '--method',
      'swat',
    ];
    const { code, lines, errors } = await sparrow(folder, ['cost', ...given]);
    assert.is(code, 0, errors.join('\n'));
    assert.is(lines[0], 'small, swat 0.1, batch 4, kernels in C; 16 examples (made up)');
    const rows = lines.slice(
      2,
      lines.findIndex((line) => line.startsWith('a step')),
    );
    const values = rows.map((row) => Number(/ ([\d,]+) +[\d.]+ %/.exec(row)?.[1].replaceAll(',', '')));
    const [sum] = values.slice(-1);
    const parts = values.slice(0, -1);
    assert.ok(Math.abs(parts.reduce((total, n) => total + n, 0) - sum) <= parts.length, rows.join('\n'));
    assert.ok(values[rows.findIndex((row) => row.startsWith('weight step'))] > 100);
    assert.match(
      lines.at(-2) ?? '',
      /^at most: chunks [\d,]+ B, slots \d+ .*, C stack [\d,]+ B, C heap [\d,]+ B$/,
    );
    assert.match(lines.at(-1) ?? '', /^XS .*gcc .*QEMU .*; instructions are not cycles$/);
  });

  test('a board that is too small ends with its name and the sum', async () => {
    const given = ['--model', 'fashion14-mlp', '--native', '--examples', '8', '--board', 'esp32-c3'];
    const { code, errors } = await sparrow(folder, ['cost', ...given, '--method', 'dense']);
    assert.is(code, 1);
    assert.is(errors.length, 1);
    assert.match(errors[0], /^sparrow: board esp32-c3 ended: out of memory: asked for a chunk of \d+ B; /);
  });
}

test.run();
