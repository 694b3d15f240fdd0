/**
 * What a kernel's comment says about its arguments, in a form that can be checked at each call:
 *
 *     @param sums int32 [rows × lanes] …     the view reaches this many elements from sumsAt on
 *     @param lane 0 to lanes - 1 …           the number lies in this range
 *     @where active = rowStarts[rowStartsAt + rows]
 *
 * Terms are integers, parameters, constants, names after @where, elements of a view, and
 * largest(view, from, count). `rows` and `n` are `toRow` and `to` where nothing else is said.
 * @module
 */
import type { Parameter } from './signature.js';

export type Term =
  | { readonly kind: 'integer'; readonly value: number }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'element'; readonly view: string; readonly index: Term }
  | { readonly kind: 'largest'; readonly view: string; readonly from: Term; readonly count: Term }
  | { readonly kind: 'operation'; readonly sign: Sign; readonly left: Term; readonly right: Term };

export type Sign = '+' | '-' | '*' | '/' | '<<';

export interface Contract {
  readonly extents: ReadonlyMap<string, Term>; // of views
  readonly ranges: ReadonlyMap<string, readonly [least: Term, most: Term]>; // of numbers
  readonly where: ReadonlyMap<string, Term>;
}

const USUAL: readonly (readonly [name: string, parameter: string])[] = [
  ['rows', 'toRow'],
  ['n', 'to'],
];

/** @throws SyntaxError when a view has no extent, or a term cannot be read */
export function contractOf(kernel: string, doc: string, parameters: readonly Parameter[]): Contract {
  const extents = new Map<string, Term>();
  const ranges = new Map<string, readonly [Term, Term]>();
  const where = new Map<string, Term>();
  const names = new Set(parameters.map(({ name }) => name));
  for (const [name, parameter] of USUAL) {
    if (!names.has(name) && names.has(parameter)) where.set(name, { kind: 'name', name: parameter });
  }
  for (const [, name, text] of doc.matchAll(/@where (\w+) = (.+)/g)) where.set(name, parseTerm(text));
  for (const { name, elements } of parameters) {
    const [, text] = new RegExp(`@param ${name} +(.*)`).exec(doc) ?? [];
    if (elements.length > 0) {
      const [, shape] = /^[^[]*\[([^\]]+)\]/.exec(text ?? '') ?? [];
      if (shape === undefined)
        throw new SyntaxError(`${kernel}: no extent of ${name}, expected @param ${name} type [extent]`);
      extents.set(name, parseTerm(shape));
    } else {
      const [, least, most] = /^(-?\w+) to (.+?)(?:[:;,]|$)/.exec(text ?? '') ?? [];
      if (most !== undefined) ranges.set(name, [parseTerm(least), parseTerm(most)]);
    }
  }
  return { extents, ranges, where };
}

const TOKEN = /\s*(\d+|\w+|<<|[-+*×·/()[\],])/y;

/** `cols + 2 · positions`: × and · are products. @throws SyntaxError */
export function parseTerm(text: string): Term {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  let read = 0;
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) {
    tokens.push(match[1]);
    read = TOKEN.lastIndex;
  }
  let at = 0;
  const fail = (): never => {
    throw new SyntaxError(`term ${text}, expected integers, names, + - × · / and largest(view, from, count)`);
  };
  const take = (token: string) => {
    if (tokens[at++] !== token) fail();
  };
  const factor = (): Term => {
    const token = tokens[at++] ?? fail();
    if (token === '(') {
      const inner = sum();
      take(')');
      return inner;
    }
    if (token === '-')
      return { kind: 'operation', sign: '-', left: { kind: 'integer', value: 0 }, right: factor() };
    if (/^\d/.test(token)) return { kind: 'integer', value: Number(token) };
    if (!/^\w/.test(token)) fail();
    if (tokens[at] === '[') {
      at++;
      const index = sum();
      take(']');
      return { kind: 'element', view: token, index };
    }
    if (token !== 'largest') return { kind: 'name', name: token };
    take('(');
    const view = tokens[at++] ?? fail();
    take(',');
    const from = sum();
    take(',');
    const count = sum();
    take(')');
    return { kind: 'largest', view, from, count };
  };
  const product = (): Term => {
    let left = factor();
    while (['*', '×', '·', '/'].includes(tokens[at])) {
      const sign = tokens[at++] === '/' ? '/' : '*';
      left = { kind: 'operation', sign, left, right: factor() };
    }
    return left;
  };
  const sum = (): Term => {
    let left = product();
    while (['+', '-', '<<'].includes(tokens[at])) {
      left = { kind: 'operation', sign: tokens[at++] as Sign, left, right: product() };
    }
    return left;
  };
  const term = sum();
  if (at !== tokens.length || text.slice(read).trim() !== '') fail();
  return term;
}

/** Names in a term, those behind @where included. */
export function namesIn(term: Term, where: ReadonlyMap<string, Term>): Set<string> {
  const names = new Set<string>();
  const visit = (t: Term): void => {
    if (t.kind === 'name') {
      names.add(t.name);
      const behind = where.get(t.name);
      if (behind !== undefined) visit(behind);
    } else if (t.kind === 'element') {
      names.add(t.view);
      visit(t.index);
    } else if (t.kind === 'largest') {
      names.add(t.view);
      visit(t.from);
      visit(t.count);
    } else if (t.kind === 'operation') {
      visit(t.left);
      visit(t.right);
    }
  };
  visit(term);
  return names;
}
