/**
 * Statements of the kernel subset in C, with their comments.
 * @module
 */
import ts from 'typescript';
import { cursorView } from './cursor.js';
import { address, condition, element, expression, pointerLines, type Scope } from './expression.js';
import { SubsetError } from './rule.js';

const K = ts.SyntaxKind;

const ASSIGNMENTS: ReadonlyMap<ts.SyntaxKind, string> = new Map([
  [K.EqualsToken, '='],
  [K.PlusEqualsToken, '+='],
  [K.MinusEqualsToken, '-='],
  [K.AmpersandEqualsToken, '&='],
  [K.BarEqualsToken, '|='],
  [K.CaretEqualsToken, '^='],
  [K.GreaterThanGreaterThanEqualsToken, '>>='],
]);

/** Elements that a statement reads at least, if a fence stands before those that go on with its sum. */
const FENCED_READS = 4;

/** The lines of a block without its braces. */
export function block(node: ts.Block, scope: Scope, depth: number): string[] {
  return node.statements.flatMap((s) => statement(s, scope, depth));
}

function statement(node: ts.Statement, scope: Scope, depth: number): string[] {
  const pad = '  '.repeat(depth);
  const lines = plain(node, scope, depth).map((line) => pad + line);
  const after = trailingComment(node);
  if (after !== '') lines[lines.length - 1] += ` ${after}`;
  return [...leadingComments(node).map((comment) => pad + comment), ...lines];
}

/** Lines without indentation, but for those inside of blocks. */
function plain(node: ts.Statement, scope: Scope, depth: number): string[] {
  if (ts.isVariableStatement(node))
    return node.declarationList.declarations.flatMap((d) => [
      ...(readsAfterProduct(node) ? ['SPARROW_FENCE'] : []),
      `${local(d, node.declarationList, scope)};`,
      ...pointerLines(d.name.getText(), scope),
    ]);
  if (ts.isExpressionStatement(node)) return effect(node.expression, scope, true);
  if (ts.isBlock(node)) return ['{', ...nested(node, scope, depth), '}'];
  if (ts.isIfStatement(node)) return branch(node, scope, depth);
  if (ts.isForStatement(node)) return loop(node, scope, depth);
  if (ts.isWhileStatement(node)) {
    return inLoop(scope, () =>
      body(`while (${condition(node.expression, scope)})`, node.statement, scope, depth),
    );
  }
  if (ts.isDoStatement(node)) {
    return inLoop(scope, () => {
      const lines = body('do', node.statement, scope, depth);
      lines[lines.length - 1] += ` while (${condition(node.expression, scope)});`;
      return lines;
    });
  }
  if (ts.isContinueStatement(node) && node.label === undefined) return ['continue;'];
  if (ts.isBreakStatement(node) && node.label === undefined) return ['break;'];
  if (ts.isReturnStatement(node)) {
    return [node.expression === undefined ? 'return;' : `return ${expression(node.expression, scope)};`];
  }
  throw new SubsetError(
    node,
    'a statement is a declaration, an assignment, if, for, while, do, break, continue or return',
  );
}

function local(declaration: ts.VariableDeclaration, list: ts.VariableDeclarationList, scope: Scope): string {
  const { name, initializer, type } = declaration;
  if (
    !ts.isIdentifier(name) ||
    initializer === undefined ||
    type !== undefined ||
    (list.flags & ts.NodeFlags.BlockScoped) === 0
  ) {
    throw new SubsetError(declaration, 'a local is let or const, one name with a first value and no type');
  }
  if (scope.views.has(name.text)) throw new SubsetError(declaration, 'a local has another name than a view');
  const isConst = (list.flags & ts.NodeFlags.Const) !== 0;
  const view = cursorView(declaration, (other) => scope.views.has(other));
  const value = view === undefined ? expression(initializer, scope) : address(view, initializer, scope);
  scope.numbers.add(name.text);
  if (view === undefined) scope.cursors.delete(name.text);
  else scope.cursors.set(name.text, view);
  if (isConst && view === undefined) scope.fixed.set(name.text, scope.loops.depth);
  else scope.fixed.delete(name.text);
  if (view !== undefined)
    return `${scope.pointerType(view)} *${isConst ? 'const ' : ''}${name.text} = ${value}`;
  return `${isConst ? 'const ' : ''}int32_t ${name.text} = ${value}`;
}

/** An assignment, ++ or --, a call, or a fill; as a statement or in the head of a for. */
function effect(node: ts.Expression, scope: Scope, isStatement: boolean): string[] {
  const end = isStatement ? ';' : '';
  if (ts.isBinaryExpression(node)) {
    const sign = ASSIGNMENTS.get(node.operatorToken.kind);
    if (sign !== undefined) {
      const line = `${assignment(node, sign, scope)}${end}`;
      return isStatement && goesOn(node) ? ['SPARROW_FENCE', line] : [line];
    }
  }
  if (ts.isPostfixUnaryExpression(node) || (ts.isPrefixUnaryExpression(node) && isStep(node.operator))) {
    const sign = node.operator === K.PlusPlusToken ? '++' : '--';
    return [`${target(node.operand, scope).text}${sign}${end}`];
  }
  if (isStatement && ts.isCallExpression(node)) {
    return isFill(node) ? fill(node, scope) : [`${expression(node, scope)};`];
  }
  throw new SubsetError(node, 'a statement changes something: assignment, ++, --, fill or a call');
}

/** Whether `sum += …` goes on with the long sum of the statement before it: see SPARROW_FENCE. */
function goesOn({ left, right, parent }: ts.BinaryExpression): boolean {
  if (reads(right) < FENCED_READS || !ts.isStatement(parent) || !ts.isBlock(parent.parent)) return false;
  const { statements } = parent.parent;
  const before = statements[statements.indexOf(parent) - 1];
  if (before === undefined || reads(before) < FENCED_READS || !ts.isVariableStatement(before)) return false;
  return before.declarationList.declarations.some(({ name }) => name.getText() === left.getText());
}

/** Whether a local is read from a view when a sum has just used up the one before it: see SPARROW_FENCE. */
function readsAfterProduct(node: ts.VariableStatement): boolean {
  if (reads(node) === 0 || !ts.isBlock(node.parent)) return false;
  const before = node.parent.statements[node.parent.statements.indexOf(node) - 1];
  if (before === undefined || !ts.isExpressionStatement(before)) return false;
  const { expression: sum } = before;
  return (
    ts.isBinaryExpression(sum) &&
    sum.operatorToken.kind === K.PlusEqualsToken &&
    ts.isBinaryExpression(sum.right) &&
    sum.right.operatorToken.kind === K.AsteriskToken
  );
}

/** Elements that an expression reads. */
function reads(node: ts.Node): number {
  let count = ts.isElementAccessExpression(node) ? 1 : 0;
  ts.forEachChild(node, (child) => {
    count += reads(child);
  });
  return count;
}

function isStep(operator: ts.PrefixUnaryOperator): boolean {
  return operator === K.PlusPlusToken || operator === K.MinusMinusToken;
}

function assignment(node: ts.BinaryExpression, sign: string, scope: Scope): string {
  const { text, bytes } = target(node.left, scope);
  const value = expression(node.right, scope);
  if (bytes === undefined || sign !== '=') return `${text} ${sign} ${value}`;
  return `${text} = (${bytes})${/^\w+$/.test(value) ? value : `(${value})`}`;
}

/** What is assigned to; `bytes` is the C type where storing cuts an int32. */
function target(node: ts.Expression, scope: Scope): { text: string; bytes: string | undefined } {
  if (ts.isIdentifier(node) && scope.numbers.has(node.text)) {
    if (scope.fixed.has(node.text)) throw new SubsetError(node, 'a parameter or a const is not assigned to');
    return { text: node.text, bytes: undefined };
  }
  if (!ts.isElementAccessExpression(node))
    throw new SubsetError(node, 'an assignment is to a local or to an element of a view');
  const { text, type } = element(node, scope);
  if (type === undefined) throw new SubsetError(node, 'a table is constant');
  return { text, bytes: type.c === 'int32_t' ? undefined : type.c };
}

function isFill({ expression: callee }: ts.CallExpression): boolean {
  return ts.isPropertyAccessExpression(callee) && callee.name.text === 'fill';
}

/** `view.fill(value, from, to)` as a loop, four elements at once. */
function fill({ expression: callee, arguments: given }: ts.CallExpression, scope: Scope): string[] {
  const view = (callee as ts.PropertyAccessExpression).expression;
  const type = ts.isIdentifier(view) ? scope.views.get(view.text) : undefined;
  if (type === undefined || given.length !== 3)
    throw new SubsetError(callee, 'a fill is view.fill(value, from, to)');
  const name = view.getText();
  const [value, from, to] = given.map((g) => expression(g, scope));
  return [
    '{',
    `  int32_t fill = ${from};`,
    `  const int32_t filled = ${to};`,
    '  for (; fill + 4 <= filled; fill += 4) {',
    ...[0, 1, 2, 3].map((i) => `    ${name}[fill + ${i}] = ${value};`),
    '  }',
    `  for (; fill < filled; fill++) ${name}[fill] = ${value};`,
    '}',
  ];
}

function branch(node: ts.IfStatement, scope: Scope, depth: number): string[] {
  const test = condition(node.expression, scope);
  const head = saturates(node.expression) ? `if (SPARROW_SELDOM(${test}))` : `if (${test})`;
  const lines = body(head, node.thenStatement, scope, depth);
  const { elseStatement } = node;
  if (elseStatement === undefined) return lines;
  const last = lines.length - 1;
  const joint = lines[last] === '}' ? '} else' : `${lines[last]}\n${'  '.repeat(depth)}else`;
  if (ts.isIfStatement(elseStatement)) {
    const [first, ...rest] = branch(elseStatement, scope, depth);
    return [...lines.slice(0, last), `${joint} ${first}`, ...rest];
  }
  return [...lines.slice(0, last), ...body(joint, elseStatement, scope, depth)];
}

/** Whether a local is held against a limit, a number whose name ends in Max: it seldom passes it. */
function saturates(node: ts.Expression): boolean {
  if (!ts.isBinaryExpression(node)) return false;
  const { left, right, operatorToken } = node;
  const isPassed = operatorToken.kind === K.GreaterThanToken || operatorToken.kind === K.LessThanToken;
  return isPassed && ts.isIdentifier(left) && /^-?\w*(Max|_MAX)$/.test(right.getText());
}

function loop(node: ts.ForStatement, scope: Scope, depth: number): string[] {
  const { initializer, condition: test, incrementor } = node;
  let first = '';
  if (initializer !== undefined) {
    if (!ts.isVariableDeclarationList(initializer))
      throw new SubsetError(initializer, 'a for declares its counter');
    if (initializer.declarations.length !== 1) throw new SubsetError(initializer, 'a for has one counter');
    first = local(initializer.declarations[0], initializer, scope);
  }
  return inLoop(scope, () => {
    const middle = test === undefined ? '' : ` ${condition(test, scope)}`;
    const step = incrementor === undefined ? '' : ` ${effect(incrementor, scope, false)[0]}`;
    return body(`for (${first};${middle};${step})`, node.statement, scope, depth);
  });
}

function inLoop(scope: Scope, make: () => string[]): string[] {
  scope.loops.depth++;
  const lines = make();
  scope.loops.depth--;
  return lines;
}

/** `head { … }`, or one line where the source has one statement. */
function body(head: string, node: ts.Statement, scope: Scope, depth: number): string[] {
  if (ts.isBlock(node)) return [`${head} {`, ...nested(node, scope, depth), '}'];
  const lines = plain(node, scope, depth);
  if (lines.length === 1) return [`${head} ${lines[0]}`];
  return [`${head} {`, ...lines.map((line) => `  ${line}`), '}'];
}

/** The lines of a block, relative to the statement that holds it. */
function nested(node: ts.Block, scope: Scope, depth: number): string[] {
  return block(node, scope, depth + 1).map((line) => line.slice(2 * depth));
}

function leadingComments(node: ts.Node): string[] {
  const { text } = node.getSourceFile();
  return (ts.getLeadingCommentRanges(text, node.pos) ?? []).map(({ pos, end }) => text.slice(pos, end));
}

function trailingComment(node: ts.Node): string {
  const { text } = node.getSourceFile();
  const [range] = ts.getTrailingCommentRanges(text, node.end) ?? [];
  return range === undefined ? '' : text.slice(range.pos, range.end);
}
