/**
 * Rich output in a frame of its own: no scripts, no origin, no network, and it cannot go anywhere.
 *
 * A frame without scripts still follows a link that is clicked in it. So the content stands in a second frame inside the first:
 * where that one may go is decided by the policy of the document around it, which allows no address at all.
 */
import { documentOf, escaped, safeMarkup } from './markup';
import { safeFragment } from './safeHtml';

/** `default-src 'none'` stops every request, an inner frame's way to another page among them; pictures and styles only from the document itself. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'";
const POLICY_HEAD = `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`;
const OUTER_STYLE = '<style>html,body,iframe{margin:0;border:0;width:100%;height:100%;display:block}</style>';

const LEAST = 40;
const MOST = 480;

export interface IFrameWords {
  /** Accessible name of the frame. */
  title: string;
  blockedImage: (alt: string) => string;
  onLink?: (address: string, words: string) => void;
}

/** A frame that shows `html`, rebuilt from the allow-list; null where it cannot be written so that it is read as it was checked. */
export function htmlFrame(html: string, doc: Document, words: IFrameWords): HTMLIFrameElement | null {
  const { blockedImage, onLink } = words;
  const markup = safeMarkup(html, doc, { place: 'frame', blockedImage, onLink });
  if (markup === null) {
    return null;
  }
  const inner = `<iframe sandbox="" title="${escaped(words.title)}" srcdoc="${escaped(contentDocument(markup, doc))}"></iframe>`;
  return frameOf(documentOf(POLICY_HEAD + OUTER_STYLE, inner), doc, words.title);
}

/** A frame that shows an SVG text as a picture, which can neither run nor fetch anything. */
export function svgFrame(address: string, doc: Document, words: IFrameWords): HTMLIFrameElement {
  const image = `<img src="${escaped(address)}" alt="${escaped(words.title)}">`;
  return frameOf(contentDocument(image, doc), doc, words.title);
}

function contentDocument(body: string, doc: Document): string {
  return documentOf(`${POLICY_HEAD}<style>${baseStyle(doc)}</style>`, body);
}

function frameOf(source: string, doc: Document, title: string): HTMLIFrameElement {
  const frame = doc.createElement('iframe');
  // The attribute comes before the content, and stays empty: nothing is allowed.
  frame.setAttribute('sandbox', '');
  frame.setAttribute('referrerpolicy', 'no-referrer');
  frame.setAttribute('title', title);
  frame.setAttribute('loading', 'lazy');
  frame.className = 'enb-frame';
  frame.srcdoc = source;
  return frame;
}

/** The theme's colours, since the frame inherits none. */
function baseStyle(doc: Document): string {
  const theme = doc.defaultView?.getComputedStyle(doc.body);
  const value = (name: string, otherwise: string): string => {
    const text = theme?.getPropertyValue(name).trim() ?? '';
    return /^[#a-z0-9(),.%\s'"-]+$/i.test(text) ? text : otherwise;
  };
  const ink = value('--jp-content-font-color1', 'black');
  const paper = value('--jp-layout-color0', 'white');
  const line = value('--jp-border-color2', '#ccc');
  const stripe = value('--jp-rendermime-table-row-background', '#f5f5f5');
  return (
    `html{color-scheme:${isDark(doc) ? 'dark' : 'light'}}` +
    `body{margin:4px;color:${ink};background:${paper};font:13px/1.4 system-ui,sans-serif;overflow-wrap:anywhere}` +
    `table{border-collapse:collapse;font-size:12px;border:0}th,td{padding:4px 8px;text-align:right;border:0}` +
    `thead{border-bottom:1px solid ${line}}tbody tr:nth-child(odd){background:${stripe}}img{max-width:100%}`
  );
}

function isDark(doc: Document): boolean {
  return doc.body.dataset.jpThemeLight === 'false';
}

/**
 * A height in pixels that fits the content, found by laying out the strictly cleaned content out of sight
 * (a frame without an origin cannot be asked). Clamped; the reader can drag the frame taller.
 */
export function measuredHeight(html: string, host: HTMLElement, words: IFrameWords): number {
  const doc = host.ownerDocument;
  const probe = doc.createElement('div');
  probe.className = 'enb-probe';
  probe.setAttribute('aria-hidden', 'true');
  probe.append(safeFragment(html, doc, { place: 'page', blockedImage: words.blockedImage }));
  host.append(probe);
  const height = probe.offsetHeight;
  probe.remove();
  return clampHeight(height + 20);
}

export function clampHeight(height: number): number {
  return Math.min(MOST, Math.max(LEAST, Math.ceil(height)));
}

/** Height of an SVG by its own attributes, in pixels at the given width; a middle value when it names none. */
export function svgHeight(svg: string, width: number): number {
  const head = /<svg\b[^>]*>/i.exec(svg)?.[0] ?? '';
  const size = (name: string): number | null => {
    const found = new RegExp(`\\b${name}\\s*=\\s*["']\\s*([\\d.]+)(px|pt)?\\s*["']`, 'i').exec(head);
    return found === null ? null : Number(found[1]) * (found[2] === 'pt' ? 4 / 3 : 1);
  };
  const [w, h] = [size('width'), size('height')];
  if (h === null || h === 0) {
    return clampHeight(240);
  }
  const shrink = w !== null && w > width && width > 0 ? width / w : 1;
  return clampHeight(h * shrink + 16);
}
