/** The toolbar's "2 comments": opens the submission; shown only while there is something to say. */
import { ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { useSignalled } from '../hooks';
import { commentIcon } from '../icons';
import { stateLabel } from '../wording';
import type { NotebookComments } from './comments';

export class ToolbarHint extends ReactWidget {
  constructor(
    private readonly comments: NotebookComments,
    private readonly trans: TranslationBundle,
    private readonly onOpen: (number: number) => void
  ) {
    super();
    this.addClass('enb-toolbar-hint');
  }

  protected override render(): React.JSX.Element {
    return <Hint comments={this.comments} trans={this.trans} onOpen={this.onOpen} />;
  }
}

function Hint(props: {
  comments: NotebookComments;
  trans: TranslationBundle;
  onOpen: (number: number) => void;
}): React.JSX.Element | null {
  const { comments, trans } = props;
  useSignalled(comments.changed);
  const { submission } = comments;
  if (submission === null) {
    return null;
  }
  const count = comments.threads.length;
  const state = stateLabel(submission.state, trans);
  return (
    <button
      type="button"
      className="enb-hint-button"
      title={trans.__('Open submission #%1: %2', submission.number, state)}
      data-enablement-hint={submission.number}
      data-enablement-comments={count}
      onClick={() => props.onOpen(submission.number)}
    >
      {count > 0 && <commentIcon.react tag="span" width="14px" height="14px" />}
      <span>{count > 0 ? trans._n('%1 comment', '%1 comments', count) : `#${submission.number} · ${state}`}</span>
    </button>
  );
}
