/** Markdown of a submitted notebook: text, tables, code and inline pictures; nothing that acts. */
import { removeMath, replaceMath } from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Marked } from 'marked';

import { isInlineImage } from './inlineImage';
import { askBeforeFollowing, Confirm } from './links';
import { hasMath, isSafeMath, typesetText } from './math';
import { safeFragment } from './safeHtml';

/** A parser of our own: the lab's would run other extensions (Mermaid) on hostile text. */
const parser = new Marked({ gfm: true, async: false });

export interface IMarkdownOptions {
  attachments?: Record<string, Record<string, string | string[]>>;
  blockedImage: (alt: string) => string;
  typesetter: IRenderMime.ILatexTypesetter | null;
  /** Asked before a link is followed. */
  confirm: Confirm;
}

/** Fills `host` with the rendered text. Mathematics is drawn only where it can do nothing but draw. */
export function renderMarkdown(source: string, host: HTMLElement, options: IMarkdownOptions): void {
  const { text, math } = removeMath(source);
  const html = replaceMath(parser.parse(text) as string, math);
  host.replaceChildren(
    safeFragment(html, host.ownerDocument, {
      place: 'page',
      blockedImage: options.blockedImage,
      attachment: name => attachmentUrl(options.attachments, name)
    })
  );
  askBeforeFollowing(host, options.confirm);
  const words = typesetText(host);
  if (options.typesetter !== null && hasMath(words) && isSafeMath(words)) {
    void options.typesetter.typeset(host);
  }
}

function attachmentUrl(attachments: IMarkdownOptions['attachments'], name: string): string | null {
  const bundle = attachments !== undefined && Object.hasOwn(attachments, name) ? (attachments[name] ?? {}) : {};
  for (const [mime, data] of Object.entries(bundle)) {
    const url = `data:${mime};base64,${Array.isArray(data) ? data.join('') : data}`;
    if (isInlineImage(url)) {
      return url;
    }
  }
  return null;
}
