/**
 * Runs a program on XS on a bare RISC-V chip (rv32imc, QEMU), with the memory of a board, and counts its
 * instructions: in all, and by the phases of a round. The same program, host, heap and limits as on the
 * desktop's XS (`../host.ts`); counts repeat exactly, for the same tools (`bareTools`).
 *
 *   const run = await runBare({ bundle: 'path/of/entry.ts', native: true, board: boardProfile('esp32-c3') });
 *
 * The entry exports `run(input: Uint8Array)`. It is called once; what it returns, a string or bytes, is
 * `result`. Inside, the globals `print(text)` and `host` (`../../emulator/xs/native.ts`) are there, and `counter`: a
 * program that wants less counted than all of `run` calls its `end` and `begin`; what lies between is left out. Where it ran out
 * of memory, threw or faulted, runBare rejects with the reason.
 *
 * Instructions are not cycles: there is no flash cache, no wait and no pipeline here.
 * @module
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import type { BoardProfile } from '../../../shared/model/boards.js';
import { heapOf, SLOT_BYTES } from '../../../shared/model/heap.js';
import { nativeKernels } from '../../kernels-to-c/native.js';
import { bundleForXs } from '../bundle.js';
import { encodeHostFrame, type HostFrame, HostFrameReader, type Part } from '../frame.js';
import { FREE_KIND, type HeapLimits, type StoreKind } from '../host.js';
import { buildBare, type Optimize } from './build.js';
import { PHASES, type Phase } from './phase.js';
import { calibration, type Probe, probePlugin, probes } from './probe.js';
import { runQemu } from './qemu.js';

export { type BareTools, bareTools, missingForBare } from './build.js';

export interface BareOptions {
  /** Path of a module (.ts, .js), or a script that sets the global `bundle`. */
  readonly bundle: string;
  /** Kernels in C in place of byte code. */
  readonly native?: boolean;
  /** From buildBare, for a script that runs many times; it has the kernels that the script was bundled with. */
  readonly program?: string;
  /** Its heap's limits hold; without one, there are 64 MB. */
  readonly board?: BoardProfile;
  /** In place of the board's own. */
  readonly limits?: HeapLimits;
  /** Reserves nothing before it is needed; see HostOptions. */
  readonly tight?: boolean;
  readonly input?: Uint8Array;
  /** What lies in the board's flash before it starts. */
  readonly flash?: readonly (readonly [StoreKind, readonly Part[]])[];
  /** Counts phases: a module only. The probes take time, which is taken off again; see `probes`. */
  readonly phases?: boolean;
  /** Of the engine and the kernels in C; -Os when left out, as firmware is built. */
  readonly optimize?: Optimize;
  readonly timeoutS?: number; // 300 when left out
}

export interface Count {
  readonly calls: number;
  readonly instructions: number;
}

export interface BareRun {
  readonly output: readonly string[]; // lines that it printed
  readonly result: Uint8Array; // what `run` returned; of a string its UTF-8
  readonly instructions: number; // of `run`, with what probes cost
  readonly probes: number; // what they cost, 0 without phases
  readonly phases: ReadonlyMap<Phase, Count>; // empty without phases
  readonly places: ReadonlyMap<string, Count>; // the same by function
  readonly cStackBytes: number; // the deepest
  readonly cHeapBytes: number; // the most in use: keys and names, without the board's heap
  readonly chunkBytes: number; // the most reserved
  readonly slots: number; // the same, without the stack
  readonly stackSlots: number; // the deepest
  /** In use at the end, after a collection. */
  readonly left: { readonly chunkBytes: number; readonly slots: number };
}

const CALL = FREE_KIND;
const MEMORY = 5;
const FROM = { end: 3, memory: 4, counts: 10, line: FREE_KIND, result: FREE_KIND + 1 } as const;

const AMPLE: HeapLimits = {
  ...{ chunkBytes: 96 * 2 ** 20, slots: 2 ** 20, sumBytes: 112 * 2 ** 20 },
  stackSlots: 4096,
};

/** Runs after the bundle, in flash. */
const FOOTER = `
globalThis.print = (text) => host.send(${FROM.line}, String(text));
globalThis.receive = () => {
  const input = new Uint8Array(host.integer());
  host.copy(input);
  if (globalThis.calibrate !== undefined) calibrate();
  counter.begin();
  const result = bundle.run(input);
  counter.end();
  if (result !== undefined) host.send(${FROM.result}, result);
};
`;

/** @throws Error with the reason why the program ended, or what the compiler said */
export async function runBare(options: BareOptions): Promise<BareRun> {
  const { board, limits = board === undefined ? AMPLE : heapOf(board), input = new Uint8Array(0) } = options;
  const { tight = false, flash = [], timeoutS = 300 } = options;
  const folder = mkdtempSync(join(tmpdir(), 'sparrow-bare-'));
  try {
    const { program, script, all } = await prepare(options, join(folder, 'kernels'));
    writeFileSync(join(folder, 'script.js'), script);
    const frames = [
      ...flash.map(([kind, parts]) => encodeHostFrame(STORE[kind], parts)),
      encodeHostFrame(CALL, [input]),
      encodeHostFrame(MEMORY, []),
    ];
    writeFileSync(join(folder, 'in'), Buffer.concat(frames));
    writeFileSync(join(folder, 'out'), '');
    const sizes = [limits.chunkBytes, limits.slots, limits.sumBytes, limits.stackSlots, tight ? 1 : 0];
    const end = await runQemu(program, [...sizes.map(String), 'script.js'], folder, timeoutS);
    const answers = new HostFrameReader().push(readFileSync(join(folder, 'out')));
    const reason = answers.find(({ kind }) => kind === FROM.end)?.text();
    if (reason !== undefined || end.status !== 0) {
      const where = board === undefined ? 'a bare RISC-V' : `board ${board.name}`;
      throw new Error(`${where} ended: ${reason ?? (end.errors || `exit status ${end.status}`)}`);
    }
    return resultOf(answers, all, limits);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * The script that runs an entry, for the desktop's host as well: there a global `counter` with `begin` and
 * `end` must be made after it, and a frame of kind FREE_KIND with the input starts it.
 */
export async function bareScript(entry: string, plugins?: Plugin[]): Promise<string> {
  return (await bundleForXs(entry, plugins)) + FOOTER;
}

/** Kinds of frames of `../host/main.c`. */
const STORE: Readonly<Record<StoreKind, number>> = { examples: 2, slot: 3, record: 4, chip: 6 };

interface Prepared {
  readonly program: string;
  readonly script: string;
  readonly all: readonly Probe[];
}

async function prepare(options: BareOptions, folder: string): Promise<Prepared> {
  const { bundle, native = false, phases = false, optimize = '-Os' } = options;
  if (options.program !== undefined) return { program: options.program, script: bundle + FOOTER, all: [] };
  const isModule = /^[^\n]+\.(ts|js)$/.test(bundle);
  const kernels = native ? nativeKernels(folder) : undefined;
  const program = await buildBare(optimize, kernels);
  if (!isModule) return { program, script: bundle + FOOTER, all: [] };
  if (!phases) return { program, script: await bareScript(bundle, kernels && [kernels.plugin]), all: [] };
  const all = probes();
  const cModule = (path: string) =>
    readFileSync(join(folder, 'bundle', path.replace(/\.ts$/, '.js')), 'utf8');
  const plugins = [probePlugin(all, native ? cModule : undefined)];
  // kernels without a phase have no probe
  if (kernels !== undefined) plugins.push(kernels.plugin);
  return { program, script: (await bareScript(bundle, plugins)) + calibration(all), all };
}

function resultOf(answers: readonly HostFrame[], all: readonly Probe[], limits: HeapLimits): BareRun {
  const of = (kind: number) => answers.find((frame) => frame.kind === kind);
  const counts = of(FROM.counts);
  const memory = of(FROM.memory);
  if (counts === undefined || memory === undefined)
    throw new Error('a bare RISC-V: no counts, expected some');
  const instructions = wide(counts);
  const probeCost = wide(counts);
  const [cStackBytes, cHeapBytes, placeCount] = [counts.integer(), counts.integer(), counts.integer()];
  const found = Array.from({ length: placeCount }, () => ({
    calls: counts.integer(),
    instructions: wide(counts),
  }));
  const [, chunks, slots, chunkPeak, slotPeak, stackPeak] = Array.from({ length: 6 }, () => memory.integer());
  return {
    output: answers.filter(({ kind }) => kind === FROM.line).map((frame) => frame.text()),
    result: Uint8Array.from(of(FROM.result)?.bytes() ?? []),
    instructions,
    probes: probeCost,
    ...byPhase(found, all),
    cStackBytes,
    cHeapBytes,
    chunkBytes: chunkPeak,
    slots: slotPeak / SLOT_BYTES - limits.stackSlots,
    stackSlots: stackPeak / SLOT_BYTES,
    left: { chunkBytes: chunks, slots: slots / SLOT_BYTES - limits.stackSlots },
  };
}

function byPhase(
  found: readonly Count[],
  all: readonly Probe[],
): { phases: Map<Phase, Count>; places: Map<string, Count> } {
  const places = new Map(all.map(({ name }, i): [string, Count] => [name, found[i + 1]]));
  const phases = new Map<Phase, Count>();
  if (all.length > 0) {
    for (const phase of PHASES) {
      const counts = all
        .filter((probe) => probe.phase === phase)
        .map(({ name }) => places.get(name) as Count);
      const sum = (key: keyof Count) => counts.reduce((total, count) => total + count[key], 0);
      phases.set(phase, { calls: sum('calls'), instructions: sum('instructions') });
    }
  }
  return { phases, places };
}

/** Two halves, the upper one first; it may be a little below 0. */
function wide(frame: HostFrame): number {
  const high = frame.integer() | 0;
  return high * 2 ** 32 + frame.integer();
}
