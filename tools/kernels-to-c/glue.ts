/**
 * kernels-xs.c: each kernel as a host function of XS that checks its arguments by the kernel's contract and
 * calls it. A kernel of several types chooses by the view it is given.
 * @module
 */
import { constantOf } from './constant.js';
import { type Contract, contractOf, namesIn, type Term } from './contract.js';
import type { Element } from './element.js';
import { docComment, type SourceModule, type SourceModules } from './source.js';
import type { Kernel } from './translation.js';

/** Largest count in an extent: a product of three stays below 2^63. */
const COUNT_MOST = (1 << 21) - 1;

/** Kernels that are one function in TypeScript, in order. */
export function hostFunctions(kernels: readonly Kernel[]): Kernel[][] {
  const groups = new Map<string, Kernel[]>();
  for (const kernel of kernels) {
    const { name } = kernel.variant.signature;
    groups.set(name, [...(groups.get(name) ?? []), kernel]);
  }
  return [...groups.values()];
}

export function hostName(variants: readonly Kernel[]): string {
  return `sparrow_xs_${variants[0].variant.signature.name}`;
}

export function glueFile(modules: SourceModules, kernels: readonly Kernel[]): string {
  const groups = hostFunctions(kernels);
  return [
    '/** The kernels as host functions of XS, made by tools/kernels-to-c: do not edit. */',
    '#include "glue.h"',
    '#include "kernels-xs.h"',
    '#include "../c/kernels.h"',
    '',
    ...groups.flatMap((variants) => [...hostLines(modules, variants), '']),
    'const SparrowHostFunction sparrow_host_functions[] = {',
    ...groups.map((variants) => {
      const { name, parameters } = variants[0].variant.signature;
      return `  { "${name}", (void (*)(void *))${hostName(variants)}, ${parameters.length} },`;
    }),
    '  { 0, 0, 0 },',
    '};',
    '',
  ].join('\n');
}

export function glueHeader(): string {
  return `/** Kernels as host functions, by name: for a host that makes the global object \`sparrowKernels\` of them. */
#ifndef SPARROW_KERNELS_XS_H
#define SPARROW_KERNELS_XS_H

typedef struct {
  const char *name;
  void (*callback)(void *the); /* an xsCallback */
  int length;
} SparrowHostFunction;

/** Ends with a name of 0. */
extern const SparrowHostFunction sparrow_host_functions[];

#endif
`;
}

function hostLines(modules: SourceModules, variants: readonly Kernel[]): string[] {
  const [{ variant, declaration, module }] = variants;
  const { name, parameters, returnsNumber } = variant.signature;
  const contract = contractOf(name, docComment(declaration), parameters);
  const scope: GlueScope = { modules, module, contract, variants };
  const lines = [
    `void ${hostName(variants)}(txMachine *the)`,
    '{',
    `  static const char kernel[] = "${name}";`,
  ];
  const views = parameters.filter(({ elements }) => elements.length > 0);
  if (views.length > 0) lines.push(`  SparrowView ${views.map((view) => `${view.name}View`).join(', ')};`);
  for (const [i, { name: parameter, elements }] of parameters.entries()) {
    if (elements.length === 0) {
      lines.push(`  const int32_t ${parameter} = sparrow_number(the, ${i}, kernel, "${parameter}");`);
      continue;
    }
    const read = `sparrow_view(the, ${i}, kernel, "${parameter}", &${parameter}View)`;
    const is = elements.map(({ array }) => `${parameter}Type == _${array}`).join(' || ');
    lines.push(`  const txID ${parameter}Type = ${read};`);
    lines.push(`  sparrow_type(the, kernel, "${parameter}", ${is});`);
  }
  lines.push(...checkLines(scope), ...callLines(variants, returnsNumber), '}');
  return lines;
}

interface GlueScope {
  readonly modules: SourceModules;
  readonly module: SourceModule;
  readonly contract: Contract;
  readonly variants: readonly Kernel[];
}

/** Ranges first, then extents that follow from numbers, then those that a view's contents decide. */
function checkLines(scope: GlueScope): string[] {
  const { contract, variants } = scope;
  const { parameters } = variants[0].variant.signature;
  const numbers = new Set(parameters.filter((p) => p.elements.length === 0).map((p) => p.name));
  const views = new Set(contract.extents.keys());
  const used = new Set([...contract.extents.values()].flatMap((term) => [...namesIn(term, contract.where)]));
  const lines: string[] = [];
  for (const { name } of parameters) {
    const range = contract.ranges.get(name);
    const isCount = used.has(name) || /^from/.test(name);
    if (!numbers.has(name) || (range === undefined && !isCount)) continue;
    const least = range === undefined ? '0' : text(range[0], scope);
    const most = range === undefined ? String(COUNT_MOST) : text(range[1], scope);
    lines.push(`  sparrow_between(the, kernel, "${name}", ${name}, ${least}, ${most});`);
  }
  for (const divisor of divisors(contract)) {
    lines.push(`  sparrow_between(the, kernel, "${divisor}", ${divisor}, 1, ${COUNT_MOST});`);
  }
  const needsView = (term: Term) => [...namesIn(term, contract.where)].some((n) => views.has(n));
  const extents = [...contract.extents];
  const ordered = [...extents.filter(([, t]) => !needsView(t)), ...extents.filter(([, t]) => needsView(t))];
  const defined = new Set<string>();
  for (const [view, term] of ordered) {
    for (const needed of whereOrder(term, contract)) {
      if (defined.has(needed)) continue;
      defined.add(needed);
      lines.push(`  const int64_t ${needed} = ${text(contract.where.get(needed) as Term, scope)};`);
    }
    const at = numbers.has(`${view}At`) ? `${view}At` : '0';
    lines.push(`  sparrow_within(the, kernel, "${view}", &${view}View, ${at}, ${text(term, scope)});`);
  }
  return lines;
}

/** Names after @where that a term needs, each after those it rests on. */
function whereOrder(term: Term, { where }: Contract): string[] {
  const order: string[] = [];
  const visit = (t: Term): void => {
    for (const name of namesIn(t, new Map())) {
      const behind = where.get(name);
      if (behind === undefined || order.includes(name)) continue;
      visit(behind);
      order.push(name);
    }
  };
  visit(term);
  return order;
}

function divisors({ where }: Contract): Set<string> {
  const found = new Set<string>();
  for (const term of where.values()) {
    if (term.kind === 'operation') visit(term);
  }
  return found;
  function visit(t: Term): void {
    if (t.kind !== 'operation') return;
    if (t.sign === '/' && t.right.kind === 'name') found.add(t.right.name);
    visit(t.left);
    visit(t.right);
  }
}

function text(term: Term, scope: GlueScope): string {
  if (term.kind === 'integer') return String(term.value);
  if (term.kind === 'operation') return `(${text(term.left, scope)} ${term.sign} ${text(term.right, scope)})`;
  if (term.kind === 'element') {
    const element = scope.variants[0].variant.views.get(term.view) as Element;
    return `SPARROW_ELEMENT(${element.c}, &${term.view}View, "${term.view}", ${text(term.index, scope)})`;
  }
  if (term.kind === 'largest') {
    return `sparrow_largest(the, kernel, &${term.view}View, ${text(term.from, scope)}, ${text(term.count, scope)})`;
  }
  const { parameters, name } = scope.variants[0].variant.signature;
  if (scope.contract.where.has(term.name)) return term.name;
  if (parameters.some((p) => p.name === term.name)) return `(int64_t)${term.name}`;
  const value = constantOf(scope.modules, scope.module, term.name);
  if (value === undefined)
    throw new SyntaxError(`${name}: ${term.name}, expected a parameter, a constant or @where`);
  return String(value);
}

function callLines(variants: readonly Kernel[], returnsNumber: boolean): string[] {
  const call = ({ name, variant }: Kernel) => {
    const given = variant.signature.parameters.map((p) => {
      const view = variant.views.get(p.name);
      return view === undefined ? p.name : `(${view.c} *)${p.name}View.bytes`;
    });
    return `${name}(${given.join(', ')})`;
  };
  const lines = variants.length === 1 ? [] : branches(variants, call, returnsNumber);
  if (variants.length === 1)
    lines.push(`  ${returnsNumber ? 'const int32_t result = ' : ''}${call(variants[0])};`);
  if (returnsNumber) lines.push('  mxResult->value.integer = result;', '  mxResult->kind = XS_INTEGER_KIND;');
  return lines;
}

function branches(
  variants: readonly Kernel[],
  call: (kernel: Kernel) => string,
  returnsNumber: boolean,
): string[] {
  const [{ variant }] = variants;
  const varying = variant.signature.parameters.find(({ elements }) => elements.length > 1)?.name ?? '';
  const lines = returnsNumber ? ['  int32_t result;'] : [];
  for (const [i, kernel] of variants.entries()) {
    const array = kernel.variant.views.get(varying)?.array;
    const head =
      i === variants.length - 1 ? 'else' : `${i > 0 ? 'else ' : ''}if (${varying}Type == _${array})`;
    lines.push(`  ${head} ${returnsNumber ? 'result = ' : ''}${call(kernel)};`);
  }
  return lines;
}
