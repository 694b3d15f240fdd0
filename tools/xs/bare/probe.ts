/**
 * Puts probes before the functions of a bundle that make up its phases: modules with the same exports, whose
 * functions tell the machine's counter (`machine/counter.c`) when they begin and end. The product's code
 * stays as it is. What a probe costs is measured on the machine by the bundle itself, for each number of
 * arguments, and taken off.
 * @module
 */
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import { kernelModules, ROOT } from '../../kernels-to-c/modules.js';
import { swapModules } from '../../kernels-to-c/swap.js';
import { MORE_PLACES, type Phase, phaseOfKernel, SCOPE } from './phase.js';

export interface Probe {
  readonly name: string; // of the function
  readonly phase: Phase | typeof SCOPE;
  readonly module: string;
  readonly shape: number; // its arguments, or GENERATOR
}

/** Probes of generators are all alike. */
const GENERATOR = 31;
const REAL = 'real:';

/** In the order of the counter's places, which begin with 1: 0 is for calibrating. */
export function probes(): Probe[] {
  const kernels = new Map<string, Probe>();
  for (const { module, variant } of kernelModules().kernels) {
    const { name, parameters } = variant.signature;
    const phase = phaseOfKernel(name);
    if (phase !== undefined)
      kernels.set(name, { name, phase, module: module.path, shape: parameters.length });
  }
  const more = MORE_PLACES.map(
    ({ parameters, ...place }): Probe => ({ ...place, shape: parameters ?? GENERATOR }),
  );
  return [...kernels.values(), ...more];
}

/**
 * @param native the JavaScript of a kernels' module that calls its C; left out, kernels are byte code
 */
export function probePlugin(all: readonly Probe[], native?: (path: string) => string): Plugin {
  const modules = [...new Set(all.map(({ module }) => module))];
  const isKernels = new Set(kernelModules().paths);
  const swap = swapModules(modules, (path) => moduleWithProbes(path, all));
  return {
    name: 'probes',
    async setup(build) {
      build.onResolve({ filter: /^real:/ }, ({ path }) => {
        const module = path.slice(REAL.length);
        if (native !== undefined && isKernels.has(module)) return { path: module, namespace: 'native' };
        return { path: join(ROOT, module) };
      });
      build.onLoad({ filter: /.*/, namespace: 'native' }, ({ path }) => ({
        contents: native?.(path) ?? '',
        resolveDir: ROOT,
      }));
      await swap.setup(build);
    },
  };
}

function moduleWithProbes(path: string, all: readonly Probe[]): string {
  const real = JSON.stringify(REAL + path);
  const lines = [`import * as real from ${real};`, `export * from ${real};`];
  lines.push('const { enter, leave, place } = globalThis.counter;');
  for (const [i, { module, name, shape, phase }] of all.entries()) {
    if (module !== path) continue;
    lines.push(`place(${i + 1}, ${shape}, ${phase === SCOPE ? 1 : 0});`);
    const [owner, method] = name.split('.');
    if (method === undefined) lines.push(`export ${probeLines(name, `real.${name}`, i + 1, shape)}`);
    else {
      const place = `real.${owner}.prototype.${method}`;
      lines.push(`const ${owner}_${method} = ${place};`);
      lines.push(`${place} = ${probeLines('', `${owner}_${method}.call`, i + 1, shape, 'this')};`);
    }
  }
  return lines.join('\n');
}

/** @param first what the real function is given before the arguments */
function probeLines(name: string, real: string, number: number, shape: number, first?: string): string {
  const given = Array.from({ length: shape === GENERATOR ? 8 : shape }, (_, i) => `a${i}`);
  const call = `${real}(${[...(first === undefined ? [] : [first]), ...given].join(', ')})`;
  const star = shape === GENERATOR ? '*' : '';
  return [
    `function${star} ${name}(${given.join(', ')}) {`,
    ...(shape === GENERATOR
      ? [`  const inner = ${call};`, ...generatorLines(number)]
      : [`  enter(${number});`, `  const result = ${call};`, `  leave(${number});`, '  return result;']),
    '}',
  ].join('\n');
}

function generatorLines(number: number): string[] {
  return [
    '  for (;;) {',
    `    enter(${number});`,
    '    const step = inner.next();',
    `    leave(${number});`,
    '    if (step.done) return step.value;',
    '    yield step.value;',
    '  }',
  ];
}

/** A program that defines the global `calibrate`: it must run on the machine before what is counted. */
export function calibration(all: readonly Probe[]): string {
  const shapes = [...new Set(all.map(({ shape }) => shape))].filter((shape) => shape !== GENERATOR);
  const lines = [
    'const { enter, leave, place, mark, call, shape } = globalThis.counter;',
    'function empty() {}',
    'function* steps() { for (;;) yield 0; }',
    probeLines('probedSteps', 'steps', 0, GENERATOR),
    'function withCall() { enter(0); const result = empty(); leave(0); return result; }',
    'function withoutCall() { enter(0); const result = undefined; leave(0); return result; }',
    ...shapes.map((n) => probeLines(`probed${n}`, 'empty', 0, n)),
    'globalThis.calibrate = () => {',
    '  place(0, 0, 0);',
    '  withCall(); call(); withoutCall(); call();',
    ...shapes.flatMap((n) => {
      const given = Array.from({ length: n }, () => '1').join(', ');
      return [`  mark(); empty(${given}); mark();`, `  mark(); probed${n}(${given}); mark(); shape(${n});`];
    }),
    '  const plain = steps(); const probed = probedSteps();',
    '  plain.next(); probed.next();',
    `  mark(); plain.next(); mark(); mark(); probed.next(); mark(); shape(${GENERATOR});`,
    '};',
  ];
  return `(() => {\n${lines.join('\n')}\n})();\n`;
}
