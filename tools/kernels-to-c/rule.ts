/**
 * What the translator refuses: TypeScript outside the kernel subset, told by file, line and rule.
 * @module
 */
import type ts from 'typescript';

export class SubsetError extends Error {
  /** @param rule what kernels must do instead, a short sentence */
  constructor(node: ts.Node, rule: string) {
    const file = node.getSourceFile();
    const { line } = file.getLineAndCharacterOfPosition(node.getStart());
    const text = node.getText().split('\n')[0].slice(0, 60);
    super(`${file.fileName}:${line + 1}: ${text}: ${rule}`);
    this.name = 'SubsetError';
  }
}
