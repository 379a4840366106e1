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
}

export function ThreadActions(props: IThreadActionsProps): React.JSX.Element | null {
  const { trans, isOpen } = props;
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
        submitLabel={trans.__('Reply')}
        trans={trans}
        onCancel={() => setReplying(false)}
        onSubmit={async text => {
          await props.onReply(text);
          setReplying(false);
        }}
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
      </div>
    </>
  );
}
