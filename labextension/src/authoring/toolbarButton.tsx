/** The toolbar's "2 comments": opens the submission; shown only while there is something to say. */
import { VDomRenderer } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { commentIcon } from '../icons';
import { stateLabel } from '../labels';
import type { NotebookCommentsModel } from './commentsModel';

export class CommentsToolbarButton extends VDomRenderer<NotebookCommentsModel> {
  constructor(
    model: NotebookCommentsModel,
    private readonly trans: TranslationBundle,
    private readonly onOpen: (number: number) => void
  ) {
    super(model);
    this.addClass('enb-toolbar-hint');
  }

  protected override render(): React.JSX.Element | null {
    const { model, trans } = this;
    const { submission } = model;
    if (submission === null) {
      return null;
    }
    const count = model.threads.length;
    const state = stateLabel(submission.state, trans);
    return (
      <button
        type="button"
        className="enb-hint-button"
        title={trans.__('Open submission #%1: %2', submission.number, state)}
        data-enablement-hint={submission.number}
        data-enablement-comments={count}
        onClick={() => this.onOpen(submission.number)}
      >
        {count > 0 && <commentIcon.react tag="span" width="14px" height="14px" />}
        <span>{count > 0 ? trans._n('%1 comment', '%1 comments', count) : `#${submission.number} · ${state}`}</span>
      </button>
    );
  }
}
