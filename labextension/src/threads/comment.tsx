/** One comment: who, when, and plain text; with what its own author can do with it, and what it said before. */
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IComment, ICommentHistory } from '../contract';
import { Ago, ErrorNote, Name } from '../components';
import { useTask } from '../hooks';
import { CommentHistory } from './commentHistory';
import { Composer } from './composer';

export interface ICommentActions {
  /** Null where the viewer cannot change this one. */
  edit: ((comment: IComment, text: string) => Promise<void>) | null;
  remove: ((comment: IComment) => Promise<void>) | null;
  history: (comment: IComment) => Promise<ICommentHistory>;
}

export function CommentText(props: {
  comment: IComment;
  now: number;
  trans: TranslationBundle;
  actions?: ICommentActions;
}): React.JSX.Element {
  const { comment, trans, actions } = props;
  const [editing, setEditing] = React.useState(false);
  const task = useTask();
  const edit = actions?.edit ?? null;
  const remove = actions?.remove ?? null;
  return (
    <div
      className="enb-comment"
      data-enablement-comment={comment.id}
      data-enablement-revision={comment.revision}
      data-enablement-deleted={String(comment.deleted)}
    >
      <p className="enb-comment-head">
        <strong>
          <Name>{comment.author}</Name>
        </strong>{' '}
        <Ago since={comment.at} now={props.now} trans={trans} />
        {comment.revision > 0 && actions === undefined && !comment.deleted && <> · {trans.__('edited')}</>}
        {!comment.deleted && !editing && edit !== null && (
          <button
            type="button"
            className="enb-link"
            data-enablement-action="edit-comment"
            onClick={() => setEditing(true)}
          >
            {trans.__('Edit')}
          </button>
        )}
        {!comment.deleted && !editing && remove !== null && (
          <button
            type="button"
            className="enb-link"
            disabled={task.busy}
            data-enablement-action="delete-comment"
            onClick={() => task.run(() => confirmed(trans, () => remove(comment)))}
          >
            {trans.__('Delete')}
          </button>
        )}
      </p>
      <ErrorNote error={task.error} trans={trans} />
      {editing && edit !== null ? (
        <Composer
          autoFocus
          label={trans.__('Comment')}
          initial={comment.text}
          submitLabel={trans.__('Save')}
          trans={trans}
          onCancel={() => setEditing(false)}
          onSubmit={async text => {
            await edit(comment, text);
            setEditing(false);
          }}
        />
      ) : (
        <p className="enb-comment-text" dir="auto">
          {comment.deleted ? <em className="enb-hint">{trans.__('Deleted by its author.')}</em> : comment.text}
        </p>
      )}
      {comment.revision > 0 && actions !== undefined && (
        <CommentHistory comment={comment} trans={trans} load={actions.history} />
      )}
    </div>
  );
}

async function confirmed(trans: TranslationBundle, work: () => Promise<void>): Promise<void> {
  const answer = await showDialog({
    title: trans.__('Delete this comment?'),
    body: trans.__('It leaves the thread, which says so. What it said stays in its history.'),
    buttons: [Dialog.cancelButton({ label: trans.__('Keep') }), Dialog.warnButton({ label: trans.__('Delete') })]
  });
  if (answer.button.accept) {
    await work();
  }
}
