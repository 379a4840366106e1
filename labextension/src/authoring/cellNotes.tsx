/** The widget below a cell of the author's own notebook: what is asked about it. */
import { ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { anchorLabel } from '../anchors';
import type { IThread } from '../contract';
import { useNow } from '../hooks';
import { SuggestedEdit } from '../suggestions/suggestedEdit';
import { ThreadActions } from '../threads/actions';
import { CommentText } from '../threads/comment';
import { placedLabel } from '../labels';

export interface ICellNotesOptions {
  threads: IThread[];
  trans: TranslationBundle;
  onOpen: () => void;
  onReply: (thread: IThread, text: string) => Promise<void>;
  onResolve: (thread: IThread) => Promise<void>;
  onApply: (thread: IThread) => Promise<void>;
  onReject: (thread: IThread, reason: string) => Promise<void>;
}

export class CellNotes extends ReactWidget {
  constructor(private options: ICellNotesOptions) {
    super();
    this.addClass('enb-cell-notes');
    this.node.dataset.enablementNotes = '';
    // Typing here must not reach the notebook's command-mode shortcuts.
    this.node.dataset.lmSuppressShortcuts = 'true';
  }

  set threads(threads: IThread[]) {
    this.options = { ...this.options, threads };
    this.update();
  }

  protected override render(): React.JSX.Element {
    const { trans } = this.options;
    return (
      <section aria-label={trans.__('Review comments on this cell')}>
        {this.options.threads.map(thread => (
          <Note key={thread.id} thread={thread} {...this.options} />
        ))}
      </section>
    );
  }
}

function Note(props: ICellNotesOptions & { thread: IThread }): React.JSX.Element {
  const { thread, trans } = props;
  const now = useNow();
  return (
    <article className="enb-thread" data-enablement-thread={thread.id}>
      <header className="enb-thread-head">
        <span>{anchorLabel(thread.placed, trans)}</span>
        {thread.placed.state !== 'unchanged' && (
          <span className="enb-chip">{placedLabel(thread.placed.state, trans)}</span>
        )}
        <button type="button" className="enb-link" data-enablement-action="open" onClick={props.onOpen}>
          {trans.__('Open #%1', thread.submission)}
        </button>
      </header>
      {thread.suggestion !== null && (
        <SuggestedEdit
          suggestion={thread.suggestion}
          trans={trans}
          actions={{ apply: () => props.onApply(thread), reject: reason => props.onReject(thread, reason) }}
        />
      )}
      {thread.comments.map(comment => (
        <CommentText key={comment.id} comment={comment} now={now} trans={trans} />
      ))}
      <ThreadActions
        trans={trans}
        isOpen
        mayReply
        mayResolve
        onReply={text => props.onReply(thread, text)}
        onSetResolved={() => props.onResolve(thread)}
      />
    </article>
  );
}
