/**
 * Rebuilds untrusted HTML from an allow-list.
 *
 * The input is parsed in a document without a browsing context (nothing loads, nothing runs) and every kept node is made
 * anew. Where the result has to be a text (a frame's source), `markup.ts` proves that the text is parsed to the same nodes.
 */
import { isInlineImage, isSvgImage, svgImage } from './inlineImage';
import { safeDeclarations, safeSheet } from './safeStyle';

/** Where the rebuilt nodes will live; a frame is isolated and may therefore keep styling. */
export type SafePlace = 'page' | 'frame';

export interface ISafeOptions {
  place: SafePlace;
  /** Gives the data URL of a notebook attachment, or null when there is none. */
  attachment?: (name: string) => string | null;
  /** Shown instead of an image that would have to be fetched. */
  blockedImage: (alt: string) => string;
  /** Told of each link of a frame, which holds no addresses: where it leads, and its words. */
  onLink?: (address: string, words: string) => void;
}

const KEPT = new Set(
  (
    'a abbr b bdi blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption figure ' +
    'h1 h2 h3 h4 h5 h6 hr i ins kbd li mark ol p pre q s samp section small span strong sub summary sup table tbody td ' +
    'tfoot th thead tr tt u ul var wbr article header footer main aside center font label'
  ).split(' ')
);

/** Elements whose text is not prose either: they go away with everything in them. */
const DROPPED = new Set(
  (
    'script style template iframe frame frameset object embed applet noscript head title base meta link ' +
    'textarea select option button input datalist audio video source track canvas math portal dialog map area'
  ).split(' ')
);

const ATTRIBUTES = new Set([
  'title',
  'colspan',
  'rowspan',
  'align',
  'valign',
  'lang',
  'dir',
  'start',
  'scope',
  'open',
  'span',
  'data-enablement-blocked'
]);
const FRAME_ATTRIBUTES = new Set([
  'style',
  'class',
  'id',
  'border',
  'cellpadding',
  'cellspacing',
  'width',
  'height',
  'color'
]);
const MAX_DEPTH = 256;

const SCHEMES = new Set(['http:', 'https:', 'mailto:']);

/** The address as a browser would go to it when it is one a person may follow (http, https, mailto), otherwise null. */
export function safeLink(href: string): string | null {
  try {
    const address = new URL(href);
    return SCHEMES.has(address.protocol) ? address.href : null;
  } catch {
    return null; // relative: there is nothing that it could be relative to
  }
}

/**
 * The allowed part of `html` as nodes of `doc`. Never throws on odd input; what is too deep is cut.
 */
export function safeFragment(html: string, doc: Document, options: ISafeOptions): DocumentFragment {
  const view = doc.defaultView;
  const fragment = doc.createDocumentFragment();
  if (view === null) {
    return fragment;
  }
  // In a body, as a frame's source is read: what would go to a head stays in its place.
  const parsed = new view.DOMParser().parseFromString(`<!doctype html><body>${html}`, 'text/html');
  new Rebuild(doc, options).children(parsed.body, fragment, 0);
  return fragment;
}

class Rebuild {
  constructor(
    private readonly doc: Document,
    private readonly options: ISafeOptions
  ) {}

  children(from: Node, to: Node, depth: number): void {
    if (depth > MAX_DEPTH) {
      return;
    }
    for (const child of Array.from(from.childNodes)) {
      if (child.nodeType === child.TEXT_NODE) {
        to.appendChild(this.doc.createTextNode(child.nodeValue ?? ''));
      } else if (child.nodeType === child.ELEMENT_NODE) {
        this.element(child as Element, to, depth);
      }
    }
  }

  private style(style: Element, to: Node): void {
    const copy = this.doc.createElement('style');
    copy.textContent = safeSheet(style.textContent);
    to.appendChild(copy);
  }

  private element(source: Element, to: Node, depth: number): void {
    const name = source.localName.toLowerCase();
    if (name === 'img') {
      this.image(source, to);
    } else if (name === 'svg') {
      this.drawing(source, to);
    } else if (name === 'style' && this.options.place === 'frame') {
      this.style(source, to);
    } else if (KEPT.has(name)) {
      const copy = this.doc.createElement(name);
      this.attributes(source, copy);
      to.appendChild(copy);
      this.children(source, copy, depth + 1);
    } else if (!DROPPED.has(name)) {
      this.children(source, to, depth + 1);
    }
  }

  private attributes(source: Element, copy: HTMLElement): void {
    for (const { name, value } of Array.from(source.attributes)) {
      const key = name.toLowerCase();
      if (ATTRIBUTES.has(key) || (this.options.place === 'frame' && FRAME_ATTRIBUTES.has(key))) {
        copy.setAttribute(key, key === 'style' ? safeDeclarations(value) : value);
      } else if (key === 'class') {
        // Colours of terminal text; any other class could borrow the look of the lab's own controls.
        copy.className = value
          .split(/\s+/)
          .filter(name => /^ansi-[a-z-]+$/.test(name))
          .join(' ');
      }
    }
    if (copy.localName === 'a') {
      this.link(source, copy);
    }
  }

  private link(source: Element, copy: HTMLElement): void {
    const address = safeLink(source.getAttribute('href') ?? '');
    if (address === null) {
      return;
    }
    if (this.options.place === 'frame') {
      this.options.onLink?.(address, source.textContent);
      return;
    }
    copy.setAttribute('href', address);
    copy.setAttribute('target', '_blank');
    copy.setAttribute('rel', 'noopener noreferrer nofollow');
  }

  private image(source: Element, to: Node): void {
    const alt = source.getAttribute('alt') ?? '';
    let url: string | null = source.getAttribute('src') ?? '';
    if (url.startsWith('attachment:')) {
      url = this.options.attachment?.(decodeName(url.slice('attachment:'.length))) ?? null;
    }
    if (url === null || !this.isShown(url)) {
      const note = this.doc.createElement('em');
      note.setAttribute('data-enablement-blocked', 'image');
      note.textContent = this.options.blockedImage(alt);
      to.appendChild(note);
      return;
    }
    const image = this.doc.createElement('img');
    image.setAttribute('src', url);
    image.setAttribute('alt', alt);
    for (const key of ['width', 'height']) {
      const size = source.getAttribute(key);
      if (size !== null && /^\d{1,4}(px|%)?$/.test(size)) {
        image.setAttribute(key, size);
      }
    }
    to.appendChild(image);
  }

  private isShown(url: string): boolean {
    return isInlineImage(url) || (this.options.place === 'frame' && isSvgImage(url));
  }

  /** A drawing becomes a picture: as an image an SVG neither runs scripts nor fetches anything. */
  private drawing(source: Element, to: Node): void {
    const view = this.doc.defaultView;
    if (view === null || this.options.place === 'page') {
      return;
    }
    const image = this.doc.createElement('img');
    image.setAttribute('src', svgImage(new view.XMLSerializer().serializeToString(source)));
    image.setAttribute('alt', '');
    to.appendChild(image);
  }
}

function decodeName(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
