/**
 * Rebuilds untrusted CSS from an allow-list.
 *
 * The text is parsed by css-tree, and every selector, property and value that is understood is written anew by the functions
 * below; what is not understood is not copied. Names and strings are decoded first and escaped again, so that no spelling of
 * an angle bracket, a quote or a function's name comes through as it was written.
 */
import type { CssNode, Declaration, List, Rule } from 'css-tree';
import parse from 'css-tree/parser';
import { ident } from 'css-tree/utils';

import { isInlineImage } from './inlineImage';

/** What a value may call: colours, sizes, gradients, transformations. None of them can name an address. */
const FUNCTIONS = new Set(
  (
    'rgb rgba hsl hsla hwb lab lch oklab oklch color color-mix light-dark calc min max clamp var counter counters ' +
    'linear-gradient radial-gradient conic-gradient repeating-linear-gradient repeating-radial-gradient ' +
    'repeating-conic-gradient translate translatex translatey scale scalex scaley rotate skew skewx skewy matrix ' +
    'minmax repeat fit-content cubic-bezier steps blur brightness contrast drop-shadow grayscale hue-rotate invert ' +
    'opacity saturate sepia'
  ).split(' ')
);
const PROPERTY = /^(--[a-z0-9_-]+|-?[a-z][a-z0-9-]*)$/i;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const MATCHERS = new Set(['=', '~=', '|=', '^=', '$=', '*=']);
const COMBINATORS = new Set([' ', '>', '+', '~']);
const DEEPEST = 40;

/** A style sheet of the rules that are understood; '' where there are none. Never throws. */
export function safeSheet(css: string): string {
  const sheet = parsed(css, 'stylesheet');
  return sheet?.type === 'StyleSheet' ? written(sheet.children, node => statement(node, 0)) : '';
}

/** The declarations of a style attribute that are understood. Never throws. */
export function safeDeclarations(css: string): string {
  const list = parsed(css, 'declarationList');
  return list?.type === 'DeclarationList' ? written(list.children, declaration) : '';
}

function parsed(css: string, context: string): CssNode | null {
  try {
    return parse(css, { context, parseCustomProperty: true });
  } catch {
    return null; // nested deeper than the parser's stack
  }
}

function written(nodes: List<CssNode>, write: (node: CssNode) => string | null): string {
  return nodes
    .toArray()
    .map(write)
    .filter(text => text !== null)
    .join('');
}

/** The texts of all nodes, or null where one is not understood: half a selector or half a value means something else. */
function whole(nodes: List<CssNode>, write: (node: CssNode) => string | null): string[] | null {
  const texts = nodes.toArray().map(write);
  return texts.every(text => text !== null) ? texts : null;
}

function statement(node: CssNode, depth: number): string | null {
  if (depth > DEEPEST) {
    return null;
  }
  if (node.type === 'Rule') {
    return rule(node);
  }
  if (node.type !== 'Atrule' || node.name.toLowerCase() !== 'media' || node.block === null) {
    return null;
  }
  const query = node.prelude?.type === 'AtrulePrelude' ? media(node.prelude.children) : null;
  return query === null
    ? null
    : `@media ${query}{${written(node.block.children, inner => statement(inner, depth + 1))}}`;
}

function rule(node: Rule): string | null {
  const selectors = node.prelude.type === 'SelectorList' ? selectorList(node.prelude.children, 0) : null;
  return selectors === null ? null : `${selectors}{${written(node.block.children, declaration)}}`;
}

function declaration(node: CssNode): string | null {
  if (node.type !== 'Declaration') {
    return null;
  }
  const value = declared(node);
  return value === null ? null : `${node.property}:${value}${node.important === true ? '!important' : ''};`;
}

function declared(node: Declaration): string | null {
  if (!PROPERTY.test(node.property) || node.value.type !== 'Value') {
    return null;
  }
  return whole(node.value.children, part => valuePart(part, 0))?.join(' ') ?? null;
}

function valuePart(node: CssNode, depth: number): string | null {
  if (depth > DEEPEST) {
    return null;
  }
  switch (node.type) {
    case 'Identifier':
      return name(node.name);
    case 'String':
      return text(node.value);
    case 'Number':
      return number(node.value, '');
    case 'Percentage':
      return number(node.value, '%');
    case 'Dimension':
      return /^[a-z]+$/i.test(node.unit) ? number(node.value, node.unit) : null;
    case 'Hash':
      return /^[0-9a-z]+$/i.test(node.value) ? `#${node.value}` : null;
    case 'Operator':
      return /^[,/+*-]$/.test(node.value.trim()) ? node.value.trim() : null;
    case 'WhiteSpace':
      return '';
    case 'Url':
      return isInlineImage(node.value) ? `url(${text(node.value)})` : null;
    case 'Parentheses':
      return called('', node.children, depth);
    case 'Function':
      return FUNCTIONS.has(node.name.toLowerCase()) ? called(node.name.toLowerCase(), node.children, depth) : null;
    case 'Value': // the fallback in `var(--name, fallback)`
      return whole(node.children, part => valuePart(part, depth + 1))?.join(' ') ?? null;
    default:
      return null;
  }
}

function called(caller: string, values: List<CssNode>, depth: number): string | null {
  const inner = whole(values, part => valuePart(part, depth + 1));
  return inner === null ? null : `${caller}(${inner.join(' ')})`;
}

function selectorList(selectors: List<CssNode>, depth: number): string | null {
  if (depth > DEEPEST) {
    return null;
  }
  const texts = whole(selectors, selector =>
    selector.type === 'Selector'
      ? (whole(selector.children, part => selectorPart(part, depth))?.join('') ?? null)
      : null
  );
  return texts === null || texts.length === 0 || texts.includes('') ? null : texts.join(',');
}

function selectorPart(node: CssNode, depth: number): string | null {
  switch (node.type) {
    case 'TypeSelector':
      return node.name === '*' ? '*' : name(node.name);
    case 'ClassSelector':
      return `.${name(node.name)}`;
    case 'IdSelector':
      return `#${name(node.name)}`;
    case 'Combinator':
      return COMBINATORS.has(node.name) ? node.name : null;
    case 'PseudoElementSelector':
      return node.children === null ? `::${name(node.name)}` : null;
    case 'PseudoClassSelector':
      return pseudoClass(node.name, node.children, depth);
    case 'AttributeSelector':
      return attribute(node.name.name, node.matcher, node.value, node.flags);
    default:
      return null;
  }
}

function pseudoClass(called: string, children: List<CssNode> | null, depth: number): string | null {
  if (children === null) {
    return `:${name(called)}`;
  }
  const only = children.size === 1 ? children.first : null;
  const inner =
    only?.type === 'SelectorList'
      ? selectorList(only.children, depth + 1)
      : only?.type === 'Nth' && only.selector === null
        ? nth(only.nth)
        : null;
  return inner === null ? null : `:${name(called)}(${inner})`;
}

function nth(node: CssNode): string | null {
  if (node.type === 'Identifier') {
    return name(node.name);
  }
  if (node.type !== 'AnPlusB') {
    return null;
  }
  const [a, b] = [node.a, node.b];
  const sound = (part: string | null): boolean => part === null || /^[+-]?\d*$/.test(part);
  if (!sound(a) || !sound(b)) {
    return null;
  }
  return `${a === null ? '' : `${a}n`}${b === null ? '' : a === null || /^[+-]/.test(b) ? b : `+${b}`}`;
}

function attribute(called: string, matcher: string | null, value: CssNode | null, flags: string | null): string | null {
  if (matcher === null || value === null) {
    return `[${name(called)}]`;
  }
  const wanted = value.type === 'String' ? value.value : value.type === 'Identifier' ? ident.decode(value.name) : null;
  const sound = wanted !== null && MATCHERS.has(matcher) && (flags === null || /^[is]$/i.test(flags));
  return sound ? `[${name(called)}${matcher}${text(wanted)}${flags === null ? '' : ` ${flags}`}]` : null;
}

/** Media types and plain features (`(max-width: 40em)`); a query that asks for more is not understood. */
function media(prelude: List<CssNode>): string | null {
  const list = prelude.size === 1 ? prelude.first : null;
  if (list?.type !== 'MediaQueryList') {
    return null;
  }
  return whole(list.children, mediaQuery)?.join(',') ?? null;
}

function mediaQuery(node: CssNode): string | null {
  if (node.type !== 'MediaQuery') {
    return null;
  }
  const type = node.mediaType === null ? [] : [...(node.modifier === null ? [] : [node.modifier]), node.mediaType];
  const condition = node.condition === null ? [] : whole(node.condition.children, mediaFeature);
  if (condition === null) {
    return null;
  }
  const words = [...type.map(name), ...(type.length > 0 && condition.length > 0 ? ['and'] : []), ...condition];
  return words.length === 0 ? null : words.join(' ');
}

function mediaFeature(node: CssNode): string | null {
  if (node.type === 'Identifier') {
    return ['and', 'or', 'not'].includes(node.name.toLowerCase()) ? node.name.toLowerCase() : null;
  }
  if (node.type !== 'Feature') {
    return null;
  }
  const value = node.value === null ? '' : valuePart(node.value, 0);
  return value === null ? null : `(${name(node.name)}${value === '' ? '' : `:${value}`})`;
}

function number(digits: string, unit: string): string | null {
  return NUMBER.test(digits) ? `${digits}${unit}` : null;
}

/** An identifier, escaped so that it holds nothing but letters, digits, hyphens and escapes. */
function name(written: string): string {
  const decoded = ident.decode(written);
  const rest = decoded === '-' ? escaped('-') : decoded.replace(/[^a-z0-9_\u0080-\u{10ffff}-]/giu, escaped);
  return rest.replace(/^(-?)(\d)/, (_, hyphen: string, digit: string) => `${hyphen}${escaped(digit)}`);
}

/** A string in quotes; whatever could end it, or the element that it stands in, is an escape. */
function text(value: string): string {
  // eslint-disable-next-line no-control-regex
  return `"${value.replace(/["'\\<>&\u0000-\u001f\u007f]/g, escaped)}"`;
}

function escaped(mark: string): string {
  return `\\${(mark.codePointAt(0) ?? 0xfffd).toString(16)} `;
}
