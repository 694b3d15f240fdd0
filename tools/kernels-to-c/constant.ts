/**
 * Integer constants known at translation.
 * @module
 */
import ts from 'typescript';
import { SubsetError } from './rule.js';
import type { SourceModule, SourceModules } from './source.js';

const MAX = 2147483647;

/** The value of an expression of literals and constants, or undefined where it holds anything else. */
export function constantValue(
  modules: SourceModules,
  module: SourceModule,
  node: ts.Expression,
): number | undefined {
  const value = evaluate(modules, module, node);
  if (value !== undefined && (!Number.isInteger(value) || Math.abs(value) > MAX)) {
    throw new SubsetError(node, 'a constant is an integer of at most 2^31 - 1');
  }
  return value;
}

function evaluate(modules: SourceModules, module: SourceModule, node: ts.Expression): number | undefined {
  if (ts.isParenthesizedExpression(node)) return evaluate(modules, module, node.expression);
  if (ts.isNumericLiteral(node)) return Number(node.text);
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.MinusToken) {
    const value = evaluate(modules, module, node.operand);
    return value === undefined ? undefined : -value;
  }
  if (ts.isIdentifier(node)) {
    const found = modules.findConstant(module, node.text);
    if (found?.value.initializer === undefined) return undefined;
    return evaluate(modules, found.module, found.value.initializer);
  }
  if (!ts.isBinaryExpression(node)) return undefined;
  const a = evaluate(modules, module, node.left);
  const b = evaluate(modules, module, node.right);
  if (a === undefined || b === undefined) return undefined;
  switch (node.operatorToken.kind) {
    case ts.SyntaxKind.PlusToken:
      return a + b;
    case ts.SyntaxKind.MinusToken:
      return a - b;
    case ts.SyntaxKind.AsteriskToken:
      return a * b;
    case ts.SyntaxKind.LessThanLessThanToken:
      return a << b;
    case ts.SyntaxKind.GreaterThanGreaterThanToken:
      return a >> b;
    case ts.SyntaxKind.BarToken:
      return a | b;
    case ts.SyntaxKind.AmpersandToken:
      return a & b;
    default:
      return undefined;
  }
}

/** The value of a constant that a module declares or imports. */
export function constantOf(modules: SourceModules, module: SourceModule, name: string): number | undefined {
  const found = modules.findConstant(module, name);
  return found?.value.initializer && constantValue(modules, found.module, found.value.initializer);
}
