/**
 * Rebuilds untrusted HTML from an allow-list.
 *
 * The input is parsed in a document without a browsing context (nothing loads, nothing runs) and
 * every kept node is made anew. The result is never turned back into a string and parsed again
 * for the lab's own document, so no parser difference can bring a removed construct back.
 */

/** Where the rebuilt nodes will live; a frame is isolated and may therefore keep styling. */
export type SafePlace = 'page' | 'frame';

export interface ISafeOptions {
  place: SafePlace;
  /** Gives the data URL of a notebook attachment, or null when there is none. */
  attachment?: (name: string) => string | null;
  /** Shown instead of an image that would have to be fetched. */
  blockedImage: (alt: string) => string;
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
  'span'
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
const IMAGE_DATA = /^data:image\/(png|jpe?g|gif|webp);base64,[a-z0-9+/=\s]+$/i;
const MAX_DEPTH = 256;

/** True for a picture that is carried in the URL itself and cannot run anything. */
export function isInlineImage(url: string): boolean {
  return IMAGE_DATA.test(url.trim());
}

/** The address when it is one a person may follow (http, https, mailto), otherwise null. */
export function safeLink(href: string): string | null {
  // Control characters and spaces are ignored by URL parsers: "java\nscript:" must not slip through.
  // eslint-disable-next-line no-control-regex
  const address = href.replace(/[\u0000-\u0020\u007f-\u009f]/g, '');
  return /^(https?:\/\/|mailto:)/i.test(address) ? address : null;
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
  const parsed = new view.DOMParser().parseFromString(html, 'text/html');
  const rebuild = new Rebuild(doc, options);
  if (options.place === 'frame') {
    for (const style of Array.from(parsed.head.querySelectorAll('style'))) {
      rebuild.copyStyle(style, fragment);
    }
  }
  rebuild.children(parsed.body, fragment, 0);
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

  copyStyle(style: Element, to: Node): void {
    const copy = this.doc.createElement('style');
    // A style element's text is raw in HTML: "</style" inside would end it early when serialised.
    copy.textContent = quietStyle(style.textContent).replace(/<\//g, '');
    to.appendChild(copy);
  }

  private element(source: Element, to: Node, depth: number): void {
    const name = source.localName.toLowerCase();
    if (name === 'img') {
      this.image(source, to);
    } else if (name === 'svg') {
      this.drawing(source, to);
    } else if (name === 'style' && this.options.place === 'frame') {
      this.copyStyle(source, to);
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
        copy.setAttribute(key, key === 'style' ? quietStyle(value) : value);
      } else if (key === 'class') {
        // Colours of terminal text; any other class could borrow the look of the lab's own controls.
        copy.className = value
          .split(/\s+/)
          .filter(name => /^ansi-[a-z-]+$/.test(name))
          .join(' ');
      }
    }
    if (copy.localName !== 'a') {
      return;
    }
    const href = safeLink(source.getAttribute('href') ?? '');
    if (href !== null && this.options.place === 'page') {
      copy.setAttribute('href', href);
      copy.setAttribute('target', '_blank');
      copy.setAttribute('rel', 'noopener noreferrer nofollow');
    }
  }

  private image(source: Element, to: Node): void {
    const alt = source.getAttribute('alt') ?? '';
    let url: string | null = source.getAttribute('src') ?? '';
    if (url.startsWith('attachment:')) {
      url = this.options.attachment?.(decodeName(url.slice('attachment:'.length))) ?? null;
    }
    if (url === null || !isInlineImage(url)) {
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

/**
 * Styles without what would be fetched. Escapes are resolved first, so that no name can hide behind them. The frame's policy
 * stops whatever this should miss.
 */
function quietStyle(css: string): string {
  return css
    .replace(/\\(?:([0-9a-f]{1,6})\s?|(.))/gi, (_, hex?: string, other?: string) => letterOf(hex, other))
    .replace(/\/\*[^]*?(\*\/|$)/g, '')
    .replace(/@import[^;]*;?/gi, '')
    .replace(/\b(url|src|image|image-set|cross-fade|element)\s*\((?!\s*["']?data:)[^)]*\)?/gi, 'none');
}

/** The letter an escape stands for; a backslash would begin the next escape, so it never comes out. */
function letterOf(hex: string | undefined, other: string | undefined): string {
  const code = hex === undefined ? (other?.codePointAt(0) ?? 0) : parseInt(hex, 16);
  return code > 0 && code <= 0x10ffff && code !== 0x5c ? String.fromCodePoint(code) : '\ufffd';
}

/** An SVG text as the address of a picture. */
export function svgImage(svg: string): string {
  return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg.replace(/[\ud800-\udfff]/gu, '\ufffd'))}`;
}

function decodeName(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
