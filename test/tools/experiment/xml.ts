/**
 * A strict reader of the XML that has elements, attributes and text only (XML 1.0, sections 2 and 3):
 * enough to hold SVG to.
 * @module
 */

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  readonly text: string; // its own
}

const NAME = '[A-Za-z_][\\w.:-]*';
const TAG = new RegExp(`<(?:/(${NAME})\\s*|(${NAME})((?:\\s+${NAME}="[^"<]*")*)\\s*(/?))>`, 'y');
const ATTRIBUTE = new RegExp(`(${NAME})="([^"<]*)"`, 'g');

/** @throws Error for anything that is not well-formed */
export function parseXml(source: string): Element {
  const root = { name: '', attributes: {}, children: [] as Element[], text: '' };
  const open = [root];
  let at = 0;
  while (at < source.length) {
    const top = open[open.length - 1];
    const next = source.indexOf('<', at);
    const end = next < 0 ? source.length : next;
    top.text += plain(source.slice(at, end));
    if (next < 0) break;
    TAG.lastIndex = next;
    const tag = TAG.exec(source);
    if (tag === null) throw new Error(`no tag: ${source.slice(next, next + 60)}`);
    at = TAG.lastIndex;
    const [, closed, opened, given, isEmpty] = tag;
    if (closed !== undefined) {
      if (closed !== top.name) throw new Error(`</${closed}>, expected </${top.name}>`);
      open.pop();
      continue;
    }
    const element = { name: opened, attributes: attributesOf(given), children: [], text: '' };
    top.children.push(element);
    if (isEmpty === '') open.push(element);
  }
  if (open.length !== 1) throw new Error(`<${open[open.length - 1].name}> is not closed`);
  if (root.children.length !== 1 || root.text.trim() !== '') throw new Error('expected one root element');
  return root.children[0];
}

/** All elements of a name, in order. */
export function elementsOf(element: Element, name: string): Element[] {
  const own = element.name === name ? [element] : [];
  return [...own, ...element.children.flatMap((child) => elementsOf(child, name))];
}

function attributesOf(given: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [, name, value] of given.matchAll(ATTRIBUTE)) {
    if (Object.hasOwn(attributes, name)) throw new Error(`attribute ${name} twice`);
    attributes[name] = plain(value);
  }
  return attributes;
}

function plain(text: string): string {
  if (/&(?!(?:amp|lt|gt|quot|apos);)/.test(text) || text.includes(']]>'))
    throw new Error(`bad text: ${text}`);
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
