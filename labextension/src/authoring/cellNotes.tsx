/** The widget below a cell of the author's own notebook: what is asked about it. */
import { ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { anchorLabel } from '../anchors';
import type { IThread } from '../contract';
import { useNow, useTask } from '../hooks';
import { Ago, Button, ErrorNote, Name } from '../parts';
import { placedLabel } from '../wording';
import { Composer } from '../document/composer';

export interface ICellNotesOptions {
  threads: IThread[];
  trans: TranslationBundle;
  onOpen: () => void;
  onReply: (thread: IThread, text: string) => Promise<void>;
  onResolve: (thread: IThread) => Promise<void>;
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
  const task = useTask();
  const [replying, setReplying] = React.useState(false);
  return (
    <article className="enb-thread" data-enablement-thread={thread.id}>
      <header className="enb-thread-head">
        <span>{anchorLabel(thread.placed, trans)}</span>
        <span className="enb-chip">{placedLabel(thread.placed.state, trans)}</span>
        <button type="button" className="enb-link" data-enablement-action="open" onClick={props.onOpen}>
          {trans.__('Open #%1', thread.submission)}
        </button>
      </header>
      {thread.comments.map(comment => (
        <div key={comment.id} className="enb-comment" data-enablement-comment={comment.id}>
          <p className="enb-comment-head">
            <strong>
              <Name>{comment.author}</Name>
            </strong>{' '}
            <Ago since={comment.at} now={now} trans={trans} />
          </p>
          <p className="enb-comment-text" dir="auto">
            {comment.text}
          </p>
        </div>
      ))}
      <ErrorNote error={task.error} trans={trans} />
      {replying ? (
        <Composer
          autoFocus
          label={trans.__('Reply')}
          submitLabel={trans.__('Reply')}
          trans={trans}
          onCancel={() => setReplying(false)}
          onSubmit={async text => {
            await props.onReply(thread, text);
            setReplying(false);
          }}
        />
      ) : (
        <div className="enb-composer-actions">
          <Button onClick={() => setReplying(true)} hook="reply">
            {trans.__('Reply')}
          </Button>
          <Button onClick={() => task.run(() => props.onResolve(thread))} disabled={task.busy} hook="resolve">
            {trans.__('Resolve')}
          </Button>
        </div>
      )}
    </article>
  );
}
