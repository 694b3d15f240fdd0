/**
 * Rewrites functions of the kernel subset so that whatever they compute goes through a Checker, the global
 * `kernelCheck`. What is no arithmetic stays as it is written.
 * @module
 */
import ts from 'typescript';

const K = ts.SyntaxKind;

/** Operators whose exact result must be an int32. */
const EXACT: ReadonlySet<ts.SyntaxKind> = new Set([K.PlusToken, K.MinusToken, K.AsteriskToken]);

/** Methods of the checker that stand for an operator. */
const METHODS: ReadonlyMap<ts.SyntaxKind, string> = new Map([
  [K.LessThanLessThanToken, 'left'],
  [K.GreaterThanGreaterThanToken, 'right'],
  [K.GreaterThanGreaterThanGreaterThanToken, 'rightUnsigned'],
  [K.PercentToken, 'remainder'],
]);

/** Assignments that compute. */
const COMPOUND: ReadonlyMap<ts.SyntaxKind, ts.SyntaxKind> = new Map([
  [K.PlusEqualsToken, K.PlusToken],
  [K.MinusEqualsToken, K.MinusToken],
  [K.AmpersandEqualsToken, K.AmpersandToken],
  [K.BarEqualsToken, K.BarToken],
  [K.CaretEqualsToken, K.CaretToken],
  [K.GreaterThanGreaterThanEqualsToken, K.GreaterThanGreaterThanToken],
]);

const SIGNS: ReadonlyMap<ts.SyntaxKind, string> = new Map([
  [K.PlusToken, '+'],
  [K.MinusToken, '-'],
  [K.AmpersandToken, '&'],
  [K.BarToken, '|'],
  [K.CaretToken, '^'],
]);

const SHOWN = 80; // characters of an expression

/**
 * The text of a module in which the chosen functions are checked.
 * @param isChecked whether a function of the module is
 */
export function rewriteModule(file: ts.SourceFile, isChecked: (name: string) => boolean): string {
  let text = '';
  let at = 0;
  for (const statement of file.statements) {
    if (!ts.isFunctionDeclaration(statement) || statement.body === undefined) continue;
    const { body, parameters } = statement;
    const name = statement.name?.text ?? '';
    if (!isChecked(name)) continue;
    const numbers = parameters.filter(({ type }) => type?.kind === K.NumberKeyword);
    const entry = numbers.map((p) => `kernelCheck.value(${p.name.getText()}, ${where(p, name)});`);
    const head = `{ kernelCheck.enter(${JSON.stringify(name)}); ${entry.join(' ')}`;
    text += `${file.text.slice(at, body.getStart())}${head}${rewrite(body, name).slice(1)}`;
    at = body.end;
  }
  return text + file.text.slice(at);
}

/** Name, file, line and text of what is checked, as a literal. */
function where(node: ts.Node, name: string): string {
  const file = node.getSourceFile();
  const { line } = file.getLineAndCharacterOfPosition(node.getStart());
  const text = node.getText().replace(/\s+/g, ' ').slice(0, SHOWN);
  return JSON.stringify(`${name}, ${file.fileName}:${line + 1}: ${text}`);
}

/** @param name of the function around it */
function rewrite(node: ts.Node, name: string): string {
  if (ts.isElementAccessExpression(node)) {
    return `kernelCheck.read(${place(node, name)}, ${where(node, name)})`;
  }
  if (ts.isPrefixUnaryExpression(node) && node.operator === K.MinusToken) {
    return `kernelCheck.value(-${rewrite(node.operand, name)}, ${where(node, name)})`;
  }
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
    if (node.operator === K.PlusPlusToken) return assigned(node.operand, '+', '1', node, name);
    if (node.operator === K.MinusMinusToken) return assigned(node.operand, '-', '1', node, name);
  }
  if (ts.isCallExpression(node) && isFill(node)) {
    const view = (node.expression as ts.PropertyAccessExpression).expression.getText();
    const given = node.arguments.map((argument) => rewrite(argument, name));
    return `kernelCheck.fill(${[view, ...given].join(', ')}, ${where(node, name)})`;
  }
  if (ts.isBinaryExpression(node)) return binary(node, name);
  return withChildren(node, name);
}

function binary(node: ts.BinaryExpression, name: string): string {
  const { left, right } = node;
  const { kind } = node.operatorToken;
  if (kind === K.EqualsToken && ts.isElementAccessExpression(left)) {
    return `kernelCheck.store(${place(left, name)}, ${rewrite(right, name)}, ${where(node, name)})`;
  }
  const computed = COMPOUND.get(kind);
  if (computed === K.GreaterThanGreaterThanToken) {
    return `${left.getText()} = kernelCheck.right(${left.getText()}, ${rewrite(right, name)}, ${where(node, name)})`;
  }
  if (computed !== undefined) {
    return assigned(left, SIGNS.get(computed) as string, `(${rewrite(right, name)})`, node, name);
  }
  if (kind === K.BarToken && right.getText() === '0') {
    const inner = bare(left);
    if (ts.isBinaryExpression(inner)) return wrapped(inner, node, name);
  }
  const [a, b] = [rewrite(left, name), rewrite(right, name)];
  if (EXACT.has(kind))
    return `kernelCheck.value(${a} ${node.operatorToken.getText()} ${b}, ${where(node, name)})`;
  const method =
    kind === K.LessThanLessThanToken && isReadUnsigned(node) ? 'leftUnsigned' : METHODS.get(kind);
  if (method !== undefined) return `kernelCheck.${method}(${a}, ${b}, ${where(node, name)})`;
  return withChildren(node, name);
}

/** `(a / b) | 0` is a quotient; `(a + b) | 0` wraps, and says so. */
function wrapped(inner: ts.BinaryExpression, node: ts.BinaryExpression, name: string): string {
  const [a, b] = [rewrite(inner.left, name), rewrite(inner.right, name)];
  if (inner.operatorToken.kind === K.SlashToken)
    return `kernelCheck.quotient(${a}, ${b}, ${where(node, name)})`;
  return `((${a} ${inner.operatorToken.getText()} ${b}) | 0)`;
}

/** `target op= value` of a local or an element. */
function assigned(target: ts.Expression, sign: string, value: string, node: ts.Node, name: string): string {
  const at = where(node, name);
  const result = `kernelCheck.value(${rewrite(target, name)} ${sign} ${value}, ${at})`;
  if (!ts.isElementAccessExpression(target)) return `${target.getText()} = ${result}`;
  return `kernelCheck.store(${place(target, name)}, ${result}, ${at})`;
}

/** View and index. */
function place({ expression, argumentExpression }: ts.ElementAccessExpression, name: string): string {
  return `${expression.getText()}, ${rewrite(argumentExpression, name)}`;
}

function isFill({ expression }: ts.CallExpression): boolean {
  return ts.isPropertyAccessExpression(expression) && expression.name.text === 'fill';
}

/** `(x << n) >>> m`: the bits are read as unsigned. */
function isReadUnsigned(node: ts.Node): boolean {
  let outer = node.parent;
  while (ts.isParenthesizedExpression(outer)) outer = outer.parent;
  return (
    ts.isBinaryExpression(outer) &&
    outer.operatorToken.kind === K.GreaterThanGreaterThanGreaterThanToken &&
    bare(outer.left) === node
  );
}

function bare(node: ts.Expression): ts.Expression {
  return ts.isParenthesizedExpression(node) ? bare(node.expression) : node;
}

/** The text as it stands, with its parts rewritten. */
function withChildren(node: ts.Node, name: string): string {
  const { text } = node.getSourceFile();
  let result = '';
  let at = node.getStart();
  node.forEachChild((child) => {
    result += text.slice(at, child.getStart()) + rewrite(child, name);
    at = child.end;
  });
  return result + text.slice(at, node.end);
}
