import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SELF_TEST } from '../../../firmware/federation/selftest.js';
import * as choice from '../../../firmware/trainer/choice.js';
import * as evaluate from '../../../firmware/trainer/evaluate.js';
import * as network from '../../../firmware/trainer/network.js';
import * as trainer from '../../../firmware/trainer/trainer.js';
import * as uplink from '../../../firmware/trainer/uplink.js';
import * as noise from '../../../shared/fixed/noise.js';
import { boardProfile } from '../../../shared/model/boards.js';
import { heapOf, SLOT_BYTES } from '../../../shared/model/heap.js';
import * as mask from '../../../shared/model/mask.js';
import { type PresetName, recipeOf } from '../../../shared/model/recipe.js';
import * as reference from '../../../shared/model/reference.js';
import * as update from '../../../shared/protocol/update.js';
import { loadDataset } from '../../../tools/datasets/dataset.js';
import { modelFor } from '../../../tools/datasets/model.js';
import { wholeSet } from '../../../tools/datasets/split.js';
import { kernelModules, ROOT } from '../../../tools/kernels-to-c/modules.js';
import { skip } from '../../../tools/test/skip.js';
import { type BareRun, bareScript, missingForBare, runBare } from '../../../tools/xs/bare/bare.js';
import { buildBare } from '../../../tools/xs/bare/build.js';
import { costOfRound, type RoundCost } from '../../../tools/xs/bare/cost.js';
import { MORE_PLACES, phaseOfKernel } from '../../../tools/xs/bare/phase.js';
import { runQemu } from '../../../tools/xs/bare/qemu.js';
import { buildHost, compiles } from '../../../tools/xs/build.js';
import { FREE_KIND, XsHost } from '../../../tools/xs/host.js';
import { Folders } from '../../broker/folder.js';

const test = suite('xs/bare');

const folders = new Folders();
test.after(() => folders.remove());

const ENTRY = join(import.meta.dirname, 'bareentry.ts');
const SELFTEST = join(ROOT, 'tools/xs/selftest.ts');
const C3 = boardProfile('esp32-c3');
/** Kernels of the trainer's folder that are in no training step. */
const NOTHING: readonly string[] = [
  ...['raiseWeights', 'largestLogit'], // in loading, and in evaluation
  // the update, which is counted as a whole
  ...[
    'biasDifferences',
    'coarseMagnitudes',
    'countWidths',
    'pickValues',
    'pickDifferences',
    'weightDifferences',
    'widthOfMost',
  ],
  ...['shortenListed', 'shortenNearest', 'shortenRun', 'listPlaces', 'adoptPlaces'],
  ...['loadFrame', 'logBands', 'splitSpectrum', 'transformPoints'], // features of sound
];

/** Where places are. */
const MODULES: Readonly<Record<string, object>> = {
  'firmware/trainer/choice.ts': choice,
  'firmware/trainer/evaluate.ts': evaluate,
  'firmware/trainer/network.ts': network,
  'firmware/trainer/trainer.ts': trainer,
  'firmware/trainer/uplink.ts': uplink,
  'shared/fixed/noise.ts': noise,
  'shared/model/mask.ts': mask,
  'shared/model/reference.ts': reference,
  'shared/protocol/update.ts': update,
};

test('every kernel has a phase, and every other place takes the arguments that are said', () => {
  // those of shared code and protocol come with the update, too
  const kernels = kernelModules().kernels.filter(({ module }) => module.path.startsWith('firmware/kernels/'));
  const names = new Set(kernels.map(({ variant }) => variant.signature.name));
  const without = [...names].filter((name) => phaseOfKernel(name) === undefined);
  assert.equal(without.sort(), [...NOTHING].sort());
  for (const { module, name, parameters } of MORE_PLACES) {
    const [owner, method] = name.split('.');
    const exported = Reflect.get(MODULES[module], owner) as { readonly prototype: object };
    const found = (
      method === undefined ? exported : Reflect.get(exported.prototype, method)
    ) as () => unknown;
    assert.type(found, 'function', name);
    if (parameters !== undefined) assert.is(found.length, parameters, name);
    const isGenerator = Object.getPrototypeOf(found).constructor.name === 'GeneratorFunction';
    // `largestWeights` returns the generator of another function
    if (name !== 'largestWeights') assert.is(isGenerator, parameters === undefined, name);
  }
});

const missing = missingForBare();
if (missing !== undefined) skip('riscv', missing);
else {
  const run = (code: string, options: object = {}): Promise<BareRun> =>
    runBare({ bundle: `globalThis.bundle = { run(input) {\n${code}\n} };`, timeoutS: 120, ...options });

  const rejects = async (promise: Promise<unknown>, why: RegExp): Promise<void> => {
    const error = await promise.then(
      () => undefined,
      (reason: Error) => reason,
    );
    assert.instance(error, Error);
    assert.match(error!.message, why);
  };

  test('a program gets its input, prints, and gives back text or bytes', async () => {
    const add = 'print("got " + input.length); return input[0] + input[1] + " ü";';
    const { output, result, instructions } = await run(add, { input: Uint8Array.of(40, 2) });
    assert.equal(output, ['got 2']);
    assert.is(Buffer.from(result).toString(), '42 ü');
    assert.ok(instructions > 1000);
    const bytes = await run('return input.map((byte) => byte + 1);', { input: Uint8Array.of(1, 2) });
    assert.equal([...bytes.result], [2, 3]);
  });

  test('counts are the same in every run, and grow with the work', async () => {
    const work = 'let s = 0; for (let i = 0; i < input[0]; i++) s += i;';
    const of = (n: number) => run(work, { input: Uint8Array.of(n) });
    const [first, again, more, most] = await Promise.all([of(50), of(50), of(150), of(250)]);
    assert.equal(first, again);
    assert.is(most.instructions - more.instructions, more.instructions - first.instructions);
    const perTurn = (more.instructions - first.instructions) / 100;
    assert.ok(perTurn > 100 && perTurn < 2000, `${perTurn} instructions`);
  });

  test('out of memory: the board, what was asked, what was left, who holds it', async () => {
    const hoard = 'const big = []; for (;;) big.push({ weights: new Uint8Array(20000) });';
    await rejects(
      run(hoard, { board: C3 }),
      /^board esp32-c3 ended: out of memory: asked for a chunk of 20000 B; chunks hold \d+ of 94208 B, slots \d+ of 94208 B; largest: ArrayBuffer weights 20008 B, .*\d+ slots \d+ B, stack 10240 B$/,
    );
  });

  test('an exception, a stack that is too deep, a script that is wrong: each is told', async () => {
    await rejects(
      run('throw new RangeError("pear 7, expected plum");'),
      /^a bare RISC-V ended: unhandled exception: RangeError: pear 7, expected plum$/,
    );
    await rejects(
      run('const f = () => f() + 1; return f();', { board: C3 }),
      /^board esp32-c3 ended: stack overflow/,
    );
    await rejects(run('return JSON.parse("[".repeat(50000));'), /^a bare RISC-V ended: stack overflow/);
    await rejects(run('let ='), /^a bare RISC-V ended: unhandled exception: SyntaxError/);
  });

  test('a program without end is ended', () =>
    rejects(run('for (;;);', { timeoutS: 2 }), /ran 2 s, expected less/));

  test('a fault ends the run with its kind and place', async () => {
    const FAULTS = [
      ['*(volatile int*)4 = 1', 7, /^store outside of memory: at 0x00000004, by the instruction at 0x80/],
      ['(void)*(volatile int*)0xf0000000', 5, /^load outside of memory: at 0xf0000000/],
      ['__asm__ volatile(".word 0xffffffff")', 2, /^illegal instruction/],
      ['deep(0)', 7, /^C stack overflow: at 0x/],
    ] as const;
    const sources = (code: string) => {
      const folder = folders.make();
      const path = join(folder, 'fault.c');
      const table =
        'typedef struct { const char* name; void (*callback)(void*); int length; } SparrowHostFunction;';
      writeFileSync(
        join(folder, 'kernels-xs.h'),
        `${table}\nextern const SparrowHostFunction sparrow_host_functions[];\n`,
      );
      writeFileSync(
        path,
        `#include "kernels-xs.h"
int deep(int n) { volatile char room[512]; room[0] = n; return deep(n + 1) + room[0]; }
static void fault(void* the) { ${code}; }
const SparrowHostFunction sparrow_host_functions[] = { { "fault", fault, 0 }, { 0, 0, 0 } };\n`,
      );
      const plugin = { name: 'none', setup: () => {} };
      return { sources: [path], flags: ['-DSPARROW_NATIVE=1'], plugin };
    };
    for (const [code, , message] of FAULTS) {
      const folder = folders.make();
      const program = await buildBare('-Os', sources(code));
      writeFileSync(join(folder, 'script.js'), 'sparrowKernels.fault();');
      writeFileSync(join(folder, 'in'), '');
      const end = await runQemu(program, ['1000', '100', '2000', '64', '0', 'script.js'], folder, 60);
      assert.is(end.status, 70, `${code}: ${end.errors}`);
      assert.match(end.errors, message);
    }
  });

  test('the firmware’s selftest: its checksum, in byte code and with kernels in C', async () => {
    const [plain, native] = await Promise.all([
      runBare({ bundle: SELFTEST }),
      runBare({ bundle: SELFTEST, native: true }),
    ]);
    for (const { result } of [plain, native]) {
      assert.equal(JSON.parse(Buffer.from(result).toString()), SELF_TEST);
    }
    assert.ok(native.instructions < plain.instructions);
  });

  if (!compiles(32)) skip('multilib', 'the compiler makes no 32-bit programs');
  else {
    test('the desktop’s 32-bit XS holds the same chunks and slots, byte for byte', async () => {
      const board = boardProfile('esp32');
      const limits = heapOf(board);
      const stub = 'globalThis.counter = { begin() {}, end() {} };\n';
      const host = new XsHost({
        program: await buildHost(32),
        script: (await bareScript(ENTRY)) + stub,
        limits,
      });
      try {
        host.send(FREE_KIND, [Uint8Array.of(9)]);
        const desktop = await host.memory();
        const bare = await runBare({ bundle: ENTRY, board, input: Uint8Array.of(9) });
        const slots = (bytes: number) => bytes / SLOT_BYTES - limits.stackSlots;
        const { chunkBytes, left } = bare;
        console.log(
          `chunks ${chunkBytes} B at most, ${left.chunkBytes} B left; slots ${bare.slots}, ${left.slots}`,
        );
        assert.is(chunkBytes, desktop.chunkPeak);
        assert.is(bare.slots, slots(desktop.slotPeak));
        assert.is(left.chunkBytes, desktop.chunks);
        assert.is(left.slots, slots(desktop.slots));
        assert.ok(chunkBytes > 30_000 && left.slots > 100);
      } finally {
        await host.close();
      }
    });
  }

  const costOf = (preset: PresetName, native: boolean): Promise<RoundCost> => {
    const dataset = loadDataset('digits');
    const { count, ...rest } = { count: 24, set: wholeSet(dataset.train) };
    const { features, classes, signed } = rest.set;
    const read = (index: number, out: Uint8Array) => rest.set.read(index, out);
    return costOfRound({
      description: modelFor(dataset),
      recipe: recipeOf(preset, 0.1, { batch: 8, epochs: 1, holdBackEvery: 5 }),
      examples: { count, features, classes, signed, read },
      native,
    });
  };

  test('a round by phases: kernels in C take less, with what is between, and the sum is the round', async () => {
    const [plain, native] = [await costOf('sparrow', false), await costOf('sparrow', true)];
    for (const cost of [plain, native]) {
      const parts = [...cost.phases].map(([, { instructions }]) => instructions);
      const sum = parts.reduce((total, n) => total + n, 0) + cost.between + cost.around;
      assert.is(sum, cost.instructions);
      assert.ok(cost.between > 0 && cost.around > 0);
      const error = cost.probed / cost.instructions - 1;
      console.log(`probes taken off: ${(100 * error).toFixed(3)} % from a run without`);
      assert.ok(Math.abs(error) < 0.005, `${cost.probed}, ${cost.instructions}`);
      assert.is(cost.examples, 20);
      assert.is(cost.steps, 3);
      assert.ok(cost.phases.get('evaluation')!.instructions > 0);
      // the update counts weights with the kernels of the re-selection, which then are the update's
      assert.is(cost.places.get('topkCountHigh')!.calls, 0);
    }
    for (const phase of ['forward', 'loss', 'input gradient', 'weight step', 'norms'] as const) {
      const [slow, fast] = [plain, native].map(({ phases }) => phases.get(phase)!);
      // the same work in larger pieces: pauses are rarer where kernels are C
      assert.ok(
        fast.calls > 0 && fast.calls <= slow.calls,
        `${phase}: ${fast.calls} and ${slow.calls} calls`,
      );
      assert.ok(fast.instructions < slow.instructions, phase);
    }
    const share = native.between / plain.between;
    assert.ok(share > 0.5 && share <= 1, `between: ${plain.between} and ${native.between}`);
    const chunks = native.memory.chunkBytes / plain.memory.chunkBytes; // what pauses leave is garbage, too
    assert.ok(chunks > 0.95 && chunks <= 1, `${plain.memory.chunkBytes} and ${native.memory.chunkBytes} B`);
  });
}

test.run();
