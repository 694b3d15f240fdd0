/**
 * Locals that only walk through one view: `k` of `for (let k = start; k < end; k++) sum += columns[k]`. In C
 * they are pointers, which are stepped and compared in place of a number, a multiplication by the element's
 * size and a sum for every element.
 * @module
 */
import ts from 'typescript';

const K = ts.SyntaxKind;

const COMPARISONS: ReadonlySet<ts.SyntaxKind> = new Set([
  K.LessThanToken,
  K.LessThanEqualsToken,
  K.GreaterThanToken,
  K.GreaterThanEqualsToken,
  K.EqualsEqualsEqualsToken,
  K.ExclamationEqualsEqualsToken,
]);

/**
 * The view of a local that is an index of it, is stepped by `+= -= ++ --`, is compared with a number on the
 * right, and nothing else. A const is one only where no loop stands between it and its reader: else many views
 * may share it (`pointerLines` in expression.ts).
 *
 * @returns undefined for any other local
 */
export function cursorView(
  declaration: ts.VariableDeclaration,
  isView: (name: string) => boolean,
): string | undefined {
  const name = declaration.name.getText();
  const list = declaration.parent;
  const isConst = (list.flags & ts.NodeFlags.Const) !== 0;
  const home = ts.isVariableStatement(list.parent) ? list.parent.parent : list.parent;
  const views = new Set<string>();
  let isCursor = true;
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && node.text === name && node !== declaration.name) {
      const view = viewOf(node, name);
      if (view === undefined || (isConst && isInLoop(node, home))) isCursor = false;
      else if (view !== '') views.add(view);
    }
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(home, visit);
  const [view] = views;
  return isCursor && views.size === 1 && isView(view) ? view : undefined;
}

/** The view that is read at a use of the name, '' for a step or a comparison, undefined for what else it does. */
function viewOf(use: ts.Identifier, name: string): string | undefined {
  let node: ts.Node = use;
  while (isSum(node.parent) && node.parent.left === node) node = node.parent;
  const { parent } = node;
  if (ts.isElementAccessExpression(parent) && parent.argumentExpression === node) {
    return namesIn(node).filter((other) => other === name).length === 1
      ? parent.expression.getText()
      : undefined;
  }
  if (ts.isBinaryExpression(parent) && parent.left === node && !namesIn(parent.right).includes(name)) {
    const { kind } = parent.operatorToken;
    if (COMPARISONS.has(kind)) return '';
    if (node === use && (kind === K.PlusEqualsToken || kind === K.MinusEqualsToken)) return '';
  }
  const isStep = ts.isPostfixUnaryExpression(parent) || ts.isPrefixUnaryExpression(parent);
  const isStepped = isStep && (parent.operator === K.PlusPlusToken || parent.operator === K.MinusMinusToken);
  return node === use && isStepped ? '' : undefined;
}

function isSum(node: ts.Node): node is ts.BinaryExpression {
  if (!ts.isBinaryExpression(node)) return false;
  return node.operatorToken.kind === K.PlusToken || node.operatorToken.kind === K.MinusToken;
}

function isInLoop(use: ts.Node, home: ts.Node): boolean {
  for (let node = use.parent; node !== home; node = node.parent) {
    if (ts.isForStatement(node) || ts.isWhileStatement(node) || ts.isDoStatement(node)) return true;
  }
  return false;
}

function namesIn(node: ts.Node): string[] {
  if (ts.isIdentifier(node)) return [node.text];
  const names: string[] = [];
  ts.forEachChild(node, (child) => {
    names.push(...namesIn(child));
  });
  return names;
}
