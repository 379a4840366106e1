/** A registry that knows only renderers which cannot act. Nothing of the lab's own registry is in it. */
import {
  errorRendererFactory,
  imageRendererFactory,
  RenderMimeRegistry,
  textRendererFactory
} from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { htmlFrame, IFrameWords, measuredHeight, svgFrame, svgHeight } from './frame';
import { confirmAddress, IOutputLink, linkList } from './links';
import { renderMarkdown } from './markdown';
import { escaped, safeMarkup } from './markup';
import { svgImage } from './inlineImage';

/** A longer rich output is shown as text; the whole of it can be downloaded. */
const LONGEST_RICH = 2_000_000;

type Draw = (value: string, host: HTMLElement) => void;

class DrawnWidget extends Widget implements IRenderMime.IRenderer {
  constructor(
    private readonly mimeType: string,
    private readonly draw: Draw
  ) {
    super();
    this.addClass('enb-rendered');
  }

  renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this.draw(joined(model.data[this.mimeType]), this.node);
    return Promise.resolve();
  }
}

/** nbformat keeps long texts as lists of lines; other JSON is shown as it is written. */
export function joined(value: unknown): string {
  if (Array.isArray(value) && value.every(part => typeof part === 'string')) {
    return value.join('');
  }
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value, null, 2);
}

function factory(mimeTypes: string[], rank: number, draw: Draw): IRenderMime.IRendererFactory {
  return {
    safe: true,
    mimeTypes,
    defaultRank: rank,
    createRenderer: options => new DrawnWidget(options.mimeType, draw)
  };
}

function asText(value: string, host: HTMLElement): void {
  const text = host.ownerDocument.createElement('pre');
  text.textContent = value.slice(0, LONGEST_RICH);
  host.replaceChildren(text);
}

/** Every string that passes through the registry's sanitizer comes out of the strict allow-list. */
class StrictSanitizer implements IRenderMime.ISanitizer {
  readonly allowNamedProperties = false;

  constructor(private readonly blockedImage: (alt: string) => string) {}

  sanitize(dirty: string): string {
    return safeMarkup(dirty, document, { place: 'page', blockedImage: this.blockedImage }) ?? escaped(dirty);
  }

  getAutolink(): boolean {
    return false;
  }
}

export function safeRegistry(
  translator: ITranslator,
  trans: TranslationBundle,
  typesetter: IRenderMime.ILatexTypesetter | null
): RenderMimeRegistry {
  const words: IFrameWords = {
    title: trans.__('Output'),
    blockedImage: alt => (alt ? trans.__('[picture not loaded: %1]', alt) : trans.__('[picture not loaded]'))
  };
  const rich: Draw = (value, host) => {
    if (value.length > LONGEST_RICH) {
      asText(value, host);
      return;
    }
    const links: IOutputLink[] = [];
    const onLink = (address: string, name: string): void => void links.push({ address, words: name });
    const frame = htmlFrame(value, host.ownerDocument, { ...words, onLink });
    if (frame === null) {
      asText(value, host);
      return;
    }
    host.replaceChildren(frame, linkList(links, host.ownerDocument, trans) ?? '');
    frame.style.height = `${measuredHeight(value, host, words)}px`;
  };
  const drawing: Draw = (value, host) => {
    const frame = svgFrame(svgImage(value), host.ownerDocument, words);
    frame.style.height = `${svgHeight(value, host.clientWidth)}px`;
    host.replaceChildren(frame);
  };
  const markdown: Draw = (value, host) => {
    host.classList.add('jp-RenderedHTMLCommon');
    renderMarkdown(value, host, { blockedImage: words.blockedImage, typesetter, confirm: confirmAddress(trans) });
  };
  return new RenderMimeRegistry({
    initialFactories: [
      imageRendererFactory,
      factory(['text/html'], 50, rich),
      factory(['image/svg+xml'], 80, drawing),
      factory(['text/markdown'], 60, markdown),
      factory(['text/latex', 'application/json', 'application/geo+json'], 120, asText),
      errorRendererFactory,
      textRendererFactory
    ],
    sanitizer: new StrictSanitizer(words.blockedImage),
    translator
  });
}
