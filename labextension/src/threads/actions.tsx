/** Reply, resolve, reopen: what can be done with a thread. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { useTask } from '../hooks';
import { Button, ErrorNote } from '../components';
import { Composer } from './composer';

export interface IThreadActionsProps {
  trans: TranslationBundle;
  isOpen: boolean;
  mayReply: boolean;
  mayResolve: boolean;
  onReply: (text: string) => Promise<void>;
  onSetResolved: (resolved: boolean) => Promise<void>;
  /** The same as drafts, where there can be some. */
  onDraftReply?: (text: string) => Promise<void>;
  onDraftResolved?: () => Promise<void>;
}

export function ThreadActions(props: IThreadActionsProps): React.JSX.Element | null {
  const { trans, isOpen, onDraftReply, onDraftResolved } = props;
  const task = useTask();
  const [replying, setReplying] = React.useState(false);
  if (!props.mayReply && !props.mayResolve) {
    return null;
  }
  if (replying) {
    return (
      <Composer
        autoFocus
        label={trans.__('Reply')}
        submitLabel={onDraftReply === undefined ? trans.__('Reply') : trans.__('Reply now')}
        trans={trans}
        onCancel={() => setReplying(false)}
        onSubmit={async text => {
          await props.onReply(text);
          setReplying(false);
        }}
        onDraft={
          onDraftReply &&
          (async text => {
            await onDraftReply(text);
            setReplying(false);
          })
        }
      />
    );
  }
  return (
    <>
      <ErrorNote error={task.error} trans={trans} />
      <div className="enb-thread-actions">
        {isOpen && props.mayReply && (
          <Button onClick={() => setReplying(true)} hook="reply">
            {trans.__('Reply')}
          </Button>
        )}
        {props.mayResolve && (
          <Button
            onClick={() => task.run(() => props.onSetResolved(isOpen))}
            disabled={task.busy}
            hook={isOpen ? 'resolve' : 'reopen'}
          >
            {isOpen ? trans.__('Resolve') : trans.__('Reopen')}
          </Button>
        )}
        {props.mayResolve && onDraftResolved !== undefined && (
          <Button
            onClick={() => task.run(onDraftResolved)}
            disabled={task.busy}
            hook="draft-resolve"
            title={trans.__('Only you see it until you publish your review.')}
          >
            {isOpen ? trans.__('Resolve with review') : trans.__('Reopen with review')}
          </Button>
        )}
      </div>
    </>
  );
}
