/** One thread: where it stands, what was said, reply and resolve. */
import * as React from 'react';

import { anchorLabel, hasPlace, isOpen } from '../anchors';
import type { IComment, IThread } from '../contract';
import { useNow } from '../hooks';
import { Name } from '../components';
import { SuggestedEdit } from '../suggestions/suggestedEdit';
import { ThreadActions } from '../threads/actions';
import { CommentText, type ICommentActions } from '../threads/comment';
import { placedLabel } from '../labels';
import { useDocument } from './context';
import { DraftCard } from './drafts/card';
import { cardOf, useWanted } from './remarks';

export function ThreadCard(props: { thread: IThread; withCellLink?: boolean }): React.JSX.Element {
  const { thread } = props;
  const { trans, model } = useDocument();
  const shown = isOpen(thread) || model.drafts.ofThread(thread.id).length > 0;
  // What the person chose holds until the thread is resolved or opened again.
  const [choice, setChoice] = React.useState<{ unfolded: boolean; at: string | null } | null>(null);
  const unfolded = choice !== null && choice.at === thread.resolved_at ? choice.unfolded : shown;
  const ref = useWanted(cardOf('thread', thread.id));
  return (
    <article
      ref={ref}
      tabIndex={-1}
      className={`enb-thread${isOpen(thread) ? '' : ' enb-mod-resolved'}`}
      data-enablement-thread={thread.id}
      data-enablement-placed={thread.placed.state}
      data-enablement-resolved={String(!isOpen(thread))}
      aria-label={trans.__('Thread on %1', anchorLabel(thread.anchor, trans))}
    >
      <ThreadHead
        {...props}
        unfolded={unfolded}
        onFold={() => setChoice({ unfolded: !unfolded, at: thread.resolved_at })}
      />
      {unfolded && <ThreadBody thread={thread} />}
    </article>
  );
}

function ThreadHead(props: {
  thread: IThread;
  withCellLink?: boolean;
  unfolded: boolean;
  onFold: () => void;
}): React.JSX.Element {
  const { thread } = props;
  const { trans, model, showCell } = useDocument();
  const { placed } = thread;
  const older = thread.version !== model.version?.number;
  const anchor = hasPlace(thread) ? placed : thread.anchor;
  return (
    <header className="enb-thread-head">
      <button type="button" className="enb-link" aria-expanded={props.unfolded} onClick={props.onFold}>
        {anchorLabel(anchor, trans)}
      </button>
      {older && <span className="enb-hint">{trans.__('from version %1', thread.version)}</span>}
      {older && (
        <span className="enb-chip" data-enablement-placed-label={placed.state}>
          {placedLabel(placed.state, trans)}
        </span>
      )}
      {!isOpen(thread) && <span className="enb-chip enb-mod-quiet">{trans.__('Resolved')}</span>}
      {props.withCellLink && placed.cell !== null && hasPlace(thread) && (
        <button
          type="button"
          className="enb-link"
          data-enablement-action="show-cell"
          onClick={() => placed.cell !== null && showCell(placed.cell)}
        >
          {trans.__('Show in the notebook')}
        </button>
      )}
    </header>
  );
}

function ThreadBody(props: { thread: IThread }): React.JSX.Element {
  const { thread } = props;
  const { trans, model, applySuggestions } = useDocument();
  const now = useNow();
  const { client } = model.enablement;
  const history = React.useCallback((comment: IComment) => client.commentHistory(comment), [client]);
  const mayComment = model.detail?.actions.includes('comment') ?? false;
  const mayResolve = model.detail?.actions.includes('resolve') ?? mayComment;
  const open = isOpen(thread);
  const drafts = model.drafts.ofThread(thread.id);
  const version = model.version?.number ?? thread.version;
  const settles = drafts.some(draft => draft.kind !== 'reply');
  const commentActions = (comment: IComment): ICommentActions => {
    const own = mayComment && comment.author === model.me?.name;
    return {
      edit: own ? (each, text) => model.editComment(each, text) : null,
      remove: own ? each => model.deleteComment(each) : null,
      history
    };
  };
  const { suggestion } = thread;
  const byAuthor = model.isAuthor && mayComment;
  const showQuote =
    suggestion === null && Boolean(thread.quote) && (thread.placed.state === 'changed' || !hasPlace(thread));
  return (
    <>
      {showQuote && (
        <pre className="enb-quote" aria-label={trans.__('What it was said about')}>
          {thread.quote}
        </pre>
      )}
      {suggestion !== null && (
        <SuggestedEdit
          suggestion={suggestion}
          trans={trans}
          actions={
            byAuthor
              ? { apply: () => applySuggestions([thread.id]), reject: text => model.rejectSuggestion(thread, text) }
              : null
          }
        />
      )}
      {thread.comments.map(comment => (
        <CommentText key={comment.id} comment={comment} now={now} trans={trans} actions={commentActions(comment)} />
      ))}
      {thread.resolved_by !== null && (
        <p className="enb-hint">
          {trans.__('Resolved by')} <Name>{thread.resolved_by}</Name>
        </p>
      )}
      {drafts.map(draft => (
        <DraftCard key={draft.id} draft={draft} />
      ))}
      <ThreadActions
        trans={trans}
        isOpen={open}
        mayReply={mayComment}
        mayResolve={mayResolve}
        onReply={text => model.reply(thread, text)}
        onSetResolved={resolved => model.setResolved(thread, resolved)}
        onDraftReply={text => model.drafts.reply(version, thread, text)}
        onDraftResolved={settles ? undefined : () => model.drafts.settle(version, thread)}
      />
    </>
  );
}
