/** One quiet line above a notebook that was made in another image than this server runs. */
import { ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { closeIcon } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import { IconButton } from '../components';
import type { INotebookImage, IRelease } from '../contract';
import { ChangeList } from './components';
import { differenceWords, insteadWords, madeInWords } from './labels';

export interface IBannerActions {
  /** Address of a server with this release and the notebook open in it, null where there is no hub. */
  address: (release: IRelease) => string | null;
  dismiss: () => void;
}

/** Whether there is anything to say: a notebook made in the very same image is nothing to talk about. */
export function isWorthShowing(found: INotebookImage): boolean {
  return found.compared !== null && found.compared.relation !== 'same';
}

export class ImageBanner extends ReactWidget {
  constructor(
    private readonly found: INotebookImage,
    private readonly trans: TranslationBundle,
    private readonly actions: IBannerActions
  ) {
    super();
    this.addClass('enb-image-line');
  }

  override dispose(): void {
    this.observer.disconnect();
    super.dispose();
  }

  /** The notebook's header gives a widget the height its style asks for: it has to say how high its words are. */
  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this.observer.observe(this.node);
  }

  private fitWords(): void {
    const words = this.node.firstElementChild;
    const height = words === null ? 0 : Math.ceil(words.getBoundingClientRect().height);
    if (this.node.style.minHeight !== `${height}px`) {
      this.node.style.minHeight = `${height}px`;
      this.parent?.fit();
    }
  }

  private readonly observer = new ResizeObserver(() => this.fitWords());

  protected override render(): React.JSX.Element {
    const drawn = (element: HTMLElement | null): void => {
      if (element !== null) {
        this.observer.observe(element);
        this.fitWords();
      }
    };
    return (
      <div ref={drawn}>
        <Line found={this.found} trans={this.trans} actions={this.actions} />
      </div>
    );
  }
}

function Line(props: {
  found: INotebookImage;
  trans: TranslationBundle;
  actions: IBannerActions;
}): React.JSX.Element | null {
  const { found, trans, actions } = props;
  const [open, setOpen] = React.useState(false);
  const { compared } = found;
  if (compared === null) {
    return null;
  }
  const changes = compared.changes;
  const expandable = changes !== null && changes.packages.length > 0;
  const words = [madeInWords(found, trans), insteadWords(found, trans), differenceWords(found, trans)];
  return (
    <div role="note" data-enablement-image-line={compared.relation}>
      <div className="enb-image-line-row">
        <span className="enb-image-line-words">{words.filter(text => text !== '').join(' ')}</span>
        {expandable && (
          <button
            type="button"
            className="enb-link"
            aria-expanded={open}
            onClick={() => setOpen(!open)}
            data-enablement-action="image-changes"
          >
            {open ? trans.__('Hide what differs') : trans.__('What differs')}
          </button>
        )}
        <Reopen {...props} />
        <IconButton
          icon={closeIcon}
          label={trans.__('Dismiss')}
          onClick={actions.dismiss}
          hook="dismiss-image"
          size="12px"
        />
      </div>
      {open && changes !== null && (
        <div className="enb-image-line-more">
          <ChangeList changes={changes} trans={trans} />
          <p className="enb-hint">
            {trans._n(
              'Of %1 package that differs in all, those that this notebook imports.',
              'Of %1 packages that differ in all, those that this notebook imports.',
              compared.all_changes
            )}
          </p>
        </div>
      )}
    </div>
  );
}

/** The way to the recorded release, or to the one that takes its place; none where this server is it already. */
function Reopen(props: {
  found: INotebookImage;
  trans: TranslationBundle;
  actions: IBannerActions;
}): React.JSX.Element | null {
  const { trans, actions } = props;
  const { compared } = props.found;
  const target = compared?.instead ?? compared?.recorded ?? null;
  const here = compared?.here ?? null;
  if (target === null || (here !== null && target.image === here.image && target.release === here.release)) {
    return null;
  }
  const address = actions.address(target);
  if (address === null) {
    return null;
  }
  return (
    <a
      className="enb-link"
      href={address}
      target="_blank"
      rel="noopener"
      title={trans.__('Starts a second server of yours with %1 and opens this notebook there', target.release)}
      data-enablement-action="reopen-image"
    >
      {compared?.instead === null
        ? trans.__('Reopen in the recorded image')
        : trans.__('Open in %1 instead', target.release)}
    </a>
  );
}
