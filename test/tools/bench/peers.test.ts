import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { peerEngines } from '../../../tools/bench/peers/engines.js';
import { FloatTrainer } from '../../../tools/bench/peers/float.js';
import { CHIPS, measureOnChip } from '../../../tools/bench/peers/native.js';
import { fractions } from '../../../tools/bench/peers/step.js';
import { missingFor, TARGETS } from '../../../tools/kernels-to-c/target.js';
import { skip } from '../../../tools/test/skip.js';

const test = suite('bench/peers');

const folder = mkdtempSync(join(tmpdir(), 'sparrow-peers-test-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

test('the plain float trainer learns what it is compared on', () => {
  const random = fractions();
  const trainer = new FloatTrainer(16, 8, 4, random);
  const examples = Array.from({ length: 8 }, () => Float32Array.from({ length: 16 }, random));
  const epoch = () => examples.reduce((sum, x, i) => sum + trainer.step(x, i % 4, 0.1), 0);
  const first = epoch();
  for (let i = 0; i < 200; i++) epoch();
  assert.ok(epoch() < first / 4);
});

test('a small step lowers its loss, and the next one by as much', () => {
  const inputs = Float32Array.of(0.5, -0.25, 1);
  const rate = 1e-3;
  const lossAfter = (steps: number) => {
    const trainer = new FloatTrainer(3, 4, 2, fractions());
    let loss = 0;
    for (let i = 0; i <= steps; i++) loss = trainer.step(inputs, 1, rate);
    return loss;
  };
  const [first, second, third] = [lossAfter(0), lossAfter(1), lossAfter(2)];
  assert.ok(second < first && third < second);
  // a small step falls by the same again, to the first order
  assert.ok(Math.abs((first - second) / (second - third) - 1) < 0.02, `${first} ${second} ${third}`);
});

test('trainers of others are skipped with what is missing', () => {
  const missing = peerEngines('').map((engine) => [engine.name, engine.missing()]);
  for (const name of ['FANN', 'brain.js', 'tfjs']) {
    const [, words] = missing.find(([engine]) => engine === name) ?? [];
    assert.match(words ?? '', /^--peers names no folder with /);
  }
});

const missing = missingFor(TARGETS.rv32);
if (missing !== undefined) skip('riscv', missing);
else {
  test('plain float C: an FPU is worth at least ten times, and counts repeat', async () => {
    const [soft, fpu, again] = [
      await measureOnChip(CHIPS.rv32imc, 1, folder),
      await measureOnChip(CHIPS.rv32imfc, 1, folder),
      await measureOnChip(CHIPS.rv32imfc, 1, folder),
    ];
    assert.ok(soft.value > 10 * fpu.value, `${soft.value} and ${fpu.value}`);
    assert.equal(fpu, again);
  });
}

test.run();
