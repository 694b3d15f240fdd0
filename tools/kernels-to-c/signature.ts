/**
 * Parameters of a kernel: numbers, and views of the arena. A parameter that may be one of several views
 * gives one C function for each.
 * @module
 */
import ts from 'typescript';
import { type Element, elementOf } from './element.js';
import { SubsetError } from './rule.js';
import type { SourceModule, SourceModules } from './source.js';

export interface Parameter {
  readonly name: string;
  readonly elements: readonly Element[]; // empty for a number
}

export interface Signature {
  readonly name: string; // in TypeScript
  readonly parameters: readonly Parameter[];
  readonly returnsNumber: boolean;
}

/** One C function: a type for each view. */
export interface Variant {
  readonly signature: Signature;
  readonly suffix: string; // '', or the short name of the type that varies
  readonly views: ReadonlyMap<string, Element>;
}

export function signatureOf(
  modules: SourceModules,
  module: SourceModule,
  declaration: ts.FunctionDeclaration,
): Signature {
  const { name, type, typeParameters, asteriskToken, modifiers } = declaration;
  if (name === undefined) throw new SubsetError(declaration, 'a function has a name');
  if (typeParameters || asteriskToken || modifiers?.some((m) => m.kind === ts.SyntaxKind.AsyncKeyword)) {
    throw new SubsetError(name, 'a kernel is a plain function');
  }
  const returnsNumber = type?.kind === ts.SyntaxKind.NumberKeyword;
  if (!returnsNumber && type?.kind !== ts.SyntaxKind.VoidKeyword) {
    throw new SubsetError(name, 'a kernel returns number or void, and says which');
  }
  const parameters = declaration.parameters.map((parameter): Parameter => {
    if (
      !ts.isIdentifier(parameter.name) ||
      parameter.initializer ||
      parameter.questionToken ||
      parameter.dotDotDotToken
    ) {
      throw new SubsetError(parameter, 'a parameter is a name with a type');
    }
    return { name: parameter.name.text, elements: elementsOf(modules, module, parameter) };
  });
  return { name: name.text, parameters, returnsNumber };
}

/** @throws SubsetError when more than one parameter may be one of several views */
export function variantsOf(signature: Signature, declaration: ts.FunctionDeclaration): Variant[] {
  const views = signature.parameters.filter(({ elements }) => elements.length > 0);
  const varying = views.filter(({ elements }) => elements.length > 1);
  if (varying.length > 1)
    throw new SubsetError(declaration.name ?? declaration, 'at most one view has several types');
  const fixed = views.map(({ name, elements }): [string, Element] => [name, elements[0]]);
  if (varying.length === 0) return [{ signature, suffix: '', views: new Map(fixed) }];
  const [{ name, elements }] = varying;
  return elements.map((element) => ({
    signature,
    suffix: `_${element.short}`,
    views: new Map([...fixed, [name, element]]),
  }));
}

function elementsOf(
  modules: SourceModules,
  module: SourceModule,
  parameter: ts.ParameterDeclaration,
): Element[] {
  const { type } = parameter;
  if (type === undefined) throw new SubsetError(parameter, 'a parameter has a type');
  if (type.kind === ts.SyntaxKind.NumberKeyword) return [];
  return viewsOf(modules, module, type);
}

function viewsOf(modules: SourceModules, module: SourceModule, type: ts.TypeNode): Element[] {
  if (ts.isUnionTypeNode(type)) return type.types.flatMap((t) => viewsOf(modules, module, t));
  if (ts.isTypeReferenceNode(type) && ts.isIdentifier(type.typeName)) {
    const element = elementOf(type.typeName.text);
    if (element !== undefined) return [element];
    const alias = modules.findAlias(module, type.typeName.text);
    if (alias !== undefined) return viewsOf(modules, alias.module, alias.value);
  }
  throw new SubsetError(type, 'a parameter is a number or a typed array');
}
