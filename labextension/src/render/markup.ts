/**
 * Markup that is parsed to exactly what was built.
 *
 * A tree that was put together node by node can have no text that parses to it (a table in a paragraph, a link in a link):
 * then the parser would make another tree than the one that was checked. So the text is parsed again and compared, and where
 * it differs the parsed tree is rebuilt in turn.
 */
import { ISafeOptions, safeFragment } from './safeHtml';

const VOID = new Set(['br', 'col', 'hr', 'img', 'wbr']);
/** Elements at whose start the parser drops one line end. */
const DROPS_LINE_END = new Set(['pre']);
const ROUNDS = 5;

/** The allowed part of `html` as a text that parses to the very nodes it was written from; null where no such text is found. */
export function safeMarkup(html: string, doc: Document, options: ISafeOptions): string | null {
  let fragment = safeFragment(html, doc, options);
  for (let round = 0; round < ROUNDS; round++) {
    fragment.normalize();
    const text = serialised(fragment);
    if (isSame(fragment, bodyOf(text, doc))) {
      return text;
    }
    fragment = safeFragment(text, doc, { ...options, onLink: undefined });
  }
  return null;
}

/** Nodes as HTML. Unlike `innerHTML` it keeps the first line end of a `pre` and carriage returns. */
export function serialised(node: Node): string {
  return Array.from(node.childNodes).map(written).join('');
}

/** Whether two parents have equal children. */
export function isSame(one: Node, other: Node | null): boolean {
  const [left, right] = [Array.from(one.childNodes), Array.from(other?.childNodes ?? [])];
  return (
    other !== null &&
    left.length === right.length &&
    left.every((child, index) => child.isEqualNode(right[index] ?? null))
  );
}

function bodyOf(text: string, doc: Document): Node | null {
  const view = doc.defaultView;
  return view === null ? null : new view.DOMParser().parseFromString(documentOf('', text), 'text/html').body;
}

/** A whole document, as frames get it. */
export function documentOf(head: string, body: string): string {
  return `<!doctype html><html><head><meta charset="utf-8">${head}</head><body>${body}</body></html>`;
}

function written(node: Node): string {
  return node.nodeType === node.ELEMENT_NODE ? element(node as Element) : escaped(node.nodeValue ?? '');
}

function element(node: Element): string {
  const name = node.localName;
  const attributes = Array.from(node.attributes, ({ name, value }) => ` ${name}="${escaped(value)}"`).join('');
  if (VOID.has(name)) {
    return `<${name}${attributes}>`;
  }
  // The text of a style element is raw; `safeStyle` writes no angle bracket into it.
  const inner = name === 'style' ? node.textContent : serialised(node);
  return `<${name}${attributes}>${DROPS_LINE_END.has(name) && inner.startsWith('\n') ? '\n' : ''}${inner}</${name}>`;
}

/** A text for use between tags and in a quoted attribute. */
export function escaped(text: string): string {
  return text.replace(/[&<>"\u00a0\r]/g, mark => `&#${mark.charCodeAt(0)};`);
}
