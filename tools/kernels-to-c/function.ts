/**
 * A kernel as C: its prototype, and its body for one choice of types.
 * @module
 */
import ts from 'typescript';
import type { Element } from './element.js';
import { pointerLines, type Scope } from './expression.js';
import { SubsetError } from './rule.js';
import type { Variant } from './signature.js';
import type { SourceModule, SourceModules } from './source.js';
import { block } from './statement.js';

/** `void sparrow_name(int32_t *sums, int32_t sumsAt, …)` without a semicolon. */
export function prototype({ signature, views }: Variant, name: string, written: ReadonlySet<string>): string {
  const parameters = signature.parameters.map((parameter) => {
    const view = views.get(parameter.name);
    if (view === undefined) return `int32_t ${parameter.name}`;
    return `${written.has(parameter.name) ? '' : 'const '}${view.c} *${parameter.name}`;
  });
  const head = `${signature.returnsNumber ? 'int32_t' : 'void'} ${name}(`;
  const lines: string[] = [];
  for (const parameter of parameters) {
    const last = lines.at(-1);
    if (last === undefined || `${last}, ${parameter}`.length > 100) lines.push(parameter);
    else lines[lines.length - 1] = `${last}, ${parameter}`;
  }
  return `${head}${lines.join(`,\n    `)})`;
}

/** Lines of the body, braces included. */
export function functionBody(
  declaration: ts.FunctionDeclaration,
  scope: Scope,
  numbers: readonly string[],
): string[] {
  if (declaration.body === undefined) throw new SubsetError(declaration, 'a kernel has a body');
  const pointers = numbers.flatMap((name) => pointerLines(name, scope)).map((line) => `  ${line}`);
  return ['{', ...pointers, ...block(declaration.body, scope, 1), '}'];
}

/** The views that a function writes to, or the functions that it hands them to. */
export function writtenViews(
  modules: SourceModules,
  module: SourceModule,
  declaration: ts.FunctionDeclaration,
  views: ReadonlyMap<string, Element>,
): Set<string> {
  const written = new Set<string>();
  const note = (node: ts.Node) => {
    if (ts.isElementAccessExpression(node) && views.has(node.expression.getText()))
      written.add(node.expression.getText());
  };
  const visit = (node: ts.Node): void => {
    if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind)) note(node.left);
    if (ts.isPostfixUnaryExpression(node) || ts.isPrefixUnaryExpression(node)) {
      if (node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken)
        note(node.operand);
    }
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const view = node.expression.expression.getText();
      if (node.expression.name.text === 'fill' && views.has(view)) written.add(view);
    }
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
      const found = modules.findFunction(module, node.expression.text);
      const names = found?.value.parameters.map(({ name }) => name.getText()) ?? [];
      const given = new Map<string, Element>();
      node.arguments.forEach((argument, i) => {
        const element = views.get(argument.getText());
        if (element !== undefined) given.set(names[i], element);
      });
      if (found !== undefined && given.size > 0) {
        const inner = writtenViews(modules, found.module, found.value, given);
        node.arguments.forEach((argument, i) => {
          if (inner.has(names[i])) written.add(argument.getText());
        });
      }
    }
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(declaration, visit);
  return written;
}

function isAssignment(kind: ts.SyntaxKind): boolean {
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}
