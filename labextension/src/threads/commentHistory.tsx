/** What a comment said before, on demand. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Busy, ErrorNote } from '../components';
import type { IComment, ICommentHistory } from '../contract';
import { exactTime } from '../formatting';
import { useTask } from '../hooks';

export function CommentHistory(props: {
  comment: IComment;
  trans: TranslationBundle;
  load: (comment: IComment) => Promise<ICommentHistory>;
}): React.JSX.Element {
  const { comment, trans, load } = props;
  const [open, setOpen] = React.useState(false);
  const [history, setHistory] = React.useState<ICommentHistory | null>(null);
  const { busy, error, run } = useTask();
  const read = React.useCallback(() => run(async () => setHistory(await load(comment))), [run, load, comment]);
  React.useEffect(() => {
    if (open) {
      read();
    }
  }, [open, read]);
  return (
    <>
      <button
        type="button"
        className="enb-link"
        aria-expanded={open}
        data-enablement-action="comment-history"
        onClick={() => setOpen(!open)}
      >
        {comment.deleted ? trans.__('History') : trans.__('edited')}
      </button>
      {open && (
        <div className="enb-comment-history" data-enablement-comment-history={comment.id}>
          {busy && history === null && <Busy>{trans.__('Loading…')}</Busy>}
          <ErrorNote error={error} trans={trans} onRetry={read} />
          <ol aria-label={trans.__('What this comment said')}>
            {(history?.texts ?? []).map(text => (
              <li key={text.revision}>
                <time dateTime={text.at}>{exactTime(text.at)}</time>
                <p className="enb-comment-text" dir="auto">
                  {text.deleted ? <em>{trans.__('deleted')}</em> : text.text}
                </p>
              </li>
            ))}
          </ol>
        </div>
      )}
    </>
  );
}
