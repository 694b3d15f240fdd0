/**
 * Expressions of the kernel subset in C. Every value is an int32. Plain `+ - *` stay plain: their bounds
 * are stated in the kernels and proved by the checked builds, so an overflow is an error that sanitizers
 * find. What JavaScript wraps (`| 0`, `<<`, Math.imul) is done in unsigned arithmetic.
 * @module
 */
import ts from 'typescript';
import { constantValue } from './constant.js';
import type { Element } from './element.js';
import { SubsetError } from './rule.js';
import type { Found, SourceModule, SourceModules } from './source.js';

const K = ts.SyntaxKind;

/** What a function's body may name, and what it did name. */
export interface Scope {
  readonly modules: SourceModules;
  readonly module: SourceModule;
  readonly views: ReadonlyMap<string, Element>;
  readonly numbers: Set<string>; // parameters and locals
  readonly fixed: Map<string, number>; // those that never change, and in how many loops they are made
  readonly pointers: Map<string, Set<string>>; // views that are read from such a number on, in loops below it
  readonly cursors: Map<string, string>; // locals that are pointers into a view, see cursor.ts
  readonly loops: { depth: number };
  /** `const int16_t` of a view. */
  readonly pointerType: (view: string) => string;
  /** The C name of a function that is called with views of these types. */
  readonly call: (found: Found<ts.FunctionDeclaration>, views: readonly (Element | undefined)[]) => string;
  /** The C name of a constant or a table. */
  readonly constant: (found: Found<ts.VariableDeclaration>) => string;
}

const PLAIN: ReadonlyMap<ts.SyntaxKind, string> = new Map([
  [K.PlusToken, '+'],
  [K.MinusToken, '-'],
  [K.AsteriskToken, '*'],
  [K.PercentToken, '%'],
  [K.GreaterThanGreaterThanToken, '>>'],
  [K.AmpersandToken, '&'],
  [K.BarToken, '|'],
  [K.CaretToken, '^'],
]);

const COMPARISONS: ReadonlyMap<ts.SyntaxKind, string> = new Map([
  [K.EqualsEqualsEqualsToken, '=='],
  [K.ExclamationEqualsEqualsToken, '!='],
  [K.LessThanToken, '<'],
  [K.LessThanEqualsToken, '<='],
  [K.GreaterThanToken, '>'],
  [K.GreaterThanEqualsToken, '>='],
]);

/** A number. */
export function expression(node: ts.Expression, scope: Scope): string {
  if (ts.isNumericLiteral(node)) return literal(node);
  if (ts.isIdentifier(node)) return name(node, scope);
  if (ts.isParenthesizedExpression(node)) return `(${expression(node.expression, scope)})`;
  if (ts.isElementAccessExpression(node)) return element(node, scope).text;
  if (ts.isPrefixUnaryExpression(node)) {
    if (node.operator === K.MinusToken) return `-${expression(node.operand, scope)}`;
    if (node.operator === K.TildeToken) return `~${expression(node.operand, scope)}`;
    throw new SubsetError(node, '++, -- and ! do not stand in a number');
  }
  if (ts.isConditionalExpression(node)) {
    const [test, yes, no] = [
      condition(node.condition, scope),
      expression(node.whenTrue, scope),
      expression(node.whenFalse, scope),
    ];
    return `${test} ? ${yes} : ${no}`;
  }
  if (ts.isCallExpression(node)) return call(node, scope);
  if (ts.isBinaryExpression(node)) return binary(node, scope);
  throw new SubsetError(node, 'not an expression of the kernel subset');
}

/** What if, for, while and ?: test: comparisons, joined by && || and !. */
export function condition(node: ts.Expression, scope: Scope): string {
  if (ts.isParenthesizedExpression(node)) return `(${condition(node.expression, scope)})`;
  if (ts.isPrefixUnaryExpression(node) && node.operator === K.ExclamationToken) {
    return `!${condition(node.operand, scope)}`;
  }
  if (ts.isBinaryExpression(node)) {
    const { kind } = node.operatorToken;
    const compared = COMPARISONS.get(kind);
    if (compared !== undefined) {
      const view = scope.cursors.get(leftmost(node.left).getText());
      const right = view === undefined ? expression(node.right, scope) : address(view, node.right, scope);
      return `${expression(node.left, scope)} ${compared} ${right}`;
    }
    if (kind === K.AmpersandAmpersandToken || kind === K.BarBarToken) {
      const joined = kind === K.BarBarToken ? '||' : '&&';
      return `${condition(node.left, scope)} ${joined} ${condition(node.right, scope)}`;
    }
  }
  throw new SubsetError(node, 'a condition is a comparison of numbers by === !== < <= > >=');
}

/** An element of a view or of a table, and its type. */
export function element(
  node: ts.ElementAccessExpression,
  scope: Scope,
): { text: string; type: Element | undefined } {
  const { expression: array, argumentExpression: index } = node;
  if (!ts.isIdentifier(array)) throw new SubsetError(node, 'an element is of a view given by name');
  const view = scope.views.get(array.text);
  if (view !== undefined) {
    return { text: place(array.text, index, scope), type: view };
  }
  const found = scope.modules.findConstant(scope.module, array.text);
  if (found === undefined) throw new SubsetError(node, 'an element is of a view or of a constant table');
  return { text: `${scope.constant(found)}[${expression(index, scope)}]`, type: undefined };
}

/**
 * `view[a + b]` as `view_a[b]` where a is fixed outside of this loop: where a row or a tensor begins. Left to
 * itself gcc adds a and b again for every element.
 */
function place(view: string, index: ts.Expression, scope: Scope): string {
  const [base, rest] = parts(view, index, scope);
  return `${base}[${rest === '' ? '0' : rest}]`;
}

/** `view + a + b`, in the same parts. */
export function address(view: string, index: ts.Expression, scope: Scope): string {
  const [base, rest] = parts(view, index, scope);
  return rest === '' ? base : `${base} + ${/^[\w+* ]+$/.test(rest) ? rest : `(${rest})`}`;
}

/** A pointer, and what is added to it. */
function parts(view: string, index: ts.Expression, scope: Scope): [base: string, rest: string] {
  const cursor = leftmost(index);
  if (scope.cursors.has(cursor.getText())) {
    const text = expression(index, scope);
    const name = cursor.getText();
    return [name, text.slice(name.length).replace(/^ \+ /, '').replace(/^ - /, '-')];
  }
  const terms: ts.Expression[] = [];
  let left = index;
  while (ts.isBinaryExpression(left) && left.operatorToken.kind === K.PlusToken) {
    terms.unshift(left.right);
    left = left.left;
  }
  const depth = ts.isIdentifier(left) ? scope.fixed.get(left.text) : undefined;
  if (terms.length === 0 || depth === undefined || depth >= scope.loops.depth) {
    return [view, expression(index, scope)];
  }
  const from = (left as ts.Identifier).text;
  scope.pointers.set(from, (scope.pointers.get(from) ?? new Set()).add(view));
  return [pointerName(view, from), terms.map((term) => expression(term, scope)).join(' + ')];
}

/** a of `a + b - c`. */
function leftmost(node: ts.Expression): ts.Expression {
  if (!ts.isBinaryExpression(node)) return node;
  const { kind } = node.operatorToken;
  return kind === K.PlusToken || kind === K.MinusToken ? leftmost(node.left) : node;
}

/** Of the pointer to element `from` of a view. */
function pointerName(view: string, from: string): string {
  return `${view}_${from}`;
}

/** Declares the pointers from a number on. */
export function pointerLines(from: string, scope: Scope): string[] {
  if (scope.cursors.has(from)) return []; // another local of this name
  return [...(scope.pointers.get(from) ?? [])].map((view) => {
    const name = pointerName(view, from);
    return `SPARROW_POINTER(${scope.pointerType(view)}, ${name}, ${view} + ${from})`;
  });
}

function literal(node: ts.NumericLiteral): string {
  const value = Number(node.text);
  if (!Number.isInteger(value) || value > 2147483647) {
    throw new SubsetError(node, 'a number is an integer of at most 2^31 - 1');
  }
  return node.getText().startsWith('0x') ? node.getText() : String(value);
}

function name(node: ts.Identifier, scope: Scope): string {
  if (scope.numbers.has(node.text)) return node.text;
  if (scope.views.has(node.text))
    throw new SubsetError(node, 'a view is read by element or handed to a kernel');
  const found = scope.modules.findConstant(scope.module, node.text);
  if (found === undefined) throw new SubsetError(node, 'a name is a parameter, a local or a constant');
  return scope.constant(found);
}

function binary(node: ts.BinaryExpression, scope: Scope): string {
  const { left, right, operatorToken } = node;
  if (operatorToken.kind === K.BarToken && isZero(right)) return wrapped(node, scope);
  if (operatorToken.kind === K.SlashToken) throw new SubsetError(node, 'a quotient is (a / b) | 0');
  const [a, b] = [expression(left, scope), expression(right, scope)];
  if (operatorToken.kind === K.LessThanLessThanToken) {
    const value = constantValue(scope.modules, scope.module, left);
    return value !== undefined && value >= 0 ? `${a} << ${b}` : `sparrow_shl(${bare(a)}, ${bare(b)})`;
  }
  if (operatorToken.kind === K.GreaterThanGreaterThanGreaterThanToken) {
    const bits = constantValue(scope.modules, scope.module, right);
    if (bits === undefined || bits < 1 || bits > 31) {
      throw new SubsetError(node, '>>> is by a constant of 1 to 31: else the result may pass int32');
    }
    return `sparrow_shr(${bare(a)}, ${bare(b)})`;
  }
  const plain = PLAIN.get(operatorToken.kind);
  if (plain !== undefined) return `${a} ${plain} ${b}`;
  if (COMPARISONS.has(operatorToken.kind)) throw new SubsetError(node, 'a comparison is no number: use ?:');
  throw new SubsetError(node, 'an operator on numbers is + - * % << >> >>> & | ^, or (a / b) | 0');
}

/** `x | 0`: a quotient is cut, a sum or difference wraps. */
function wrapped(node: ts.BinaryExpression, scope: Scope): string {
  let inner = node.left;
  while (ts.isParenthesizedExpression(inner)) inner = inner.expression;
  if (ts.isBinaryExpression(inner)) {
    const [a, b] = [expression(inner.left, scope), expression(inner.right, scope)];
    const { kind } = inner.operatorToken;
    if (kind === K.SlashToken) return `${a} / ${b}`;
    if (kind === K.PlusToken || kind === K.MinusToken) {
      const sign = kind === K.PlusToken ? '+' : '-';
      return `(int32_t)((uint32_t)${grouped(a)} ${sign} (uint32_t)${grouped(b)})`;
    }
  }
  throw new SubsetError(node, '| 0 follows a quotient, a sum or a difference');
}

function call(node: ts.CallExpression, scope: Scope): string {
  const { expression: callee, arguments: given } = node;
  if (ts.isPropertyAccessExpression(callee) && callee.expression.getText() === 'Math') {
    const values = given.map((g) => expression(g, scope));
    if (callee.name.text === 'imul' && values.length === 2) {
      return `sparrow_imul(${values[0]}, ${values[1]})`;
    }
    if (callee.name.text === 'clz32' && values.length === 1) return `sparrow_clz32(${values[0]})`;
    throw new SubsetError(node, 'of Math there are imul and clz32');
  }
  if (!ts.isIdentifier(callee)) throw new SubsetError(node, 'a call is of a function by name');
  const found = scope.modules.findFunction(scope.module, callee.text);
  if (found === undefined)
    throw new SubsetError(node, 'a call is of a kernel or of a helper in shared/fixed');
  const views = given.map((g) => (ts.isIdentifier(g) ? scope.views.get(g.text) : undefined));
  const values = given.map((g, i) => (views[i] === undefined ? expression(g, scope) : g.getText()));
  return `${scope.call(found, views)}(${values.join(', ')})`;
}

function isZero(node: ts.Expression): boolean {
  return ts.isNumericLiteral(node) && node.text === '0';
}

/** Parentheses unless it is one word. */
function grouped(text: string): string {
  return /^\w+$/.test(text) ? text : `(${text})`;
}

/** Without parentheses around the whole, for an argument. */
function bare(text: string): string {
  return /^\([^()]*\)$/.test(text) ? text.slice(1, -1) : text;
}
