/** The Discussion tab: every thread, and comments on the submission as a whole. */
import * as React from 'react';

import { isOpen } from '../anchors';
import { Composer } from '../threads/composer';
import { useDocument } from './context';
import { ThreadCard } from './thread';

export function DiscussionTab(): React.JSX.Element {
  const { trans, model } = useDocument();
  const open = model.threads.filter(isOpen);
  const resolved = model.threads.filter(thread => !isOpen(thread));
  return (
    <div className="enb-page enb-discussion">
      {model.threads.length === 0 && (
        <p className="enb-empty">
          {trans.__('Nobody has said anything yet. Comment here, or on a line or an output in the Notebook tab.')}
        </p>
      )}
      {open.map(thread => (
        <ThreadCard key={thread.id} thread={thread} withCellLink />
      ))}
      {resolved.length > 0 && <h3>{trans._n('%1 resolved thread', '%1 resolved threads', resolved.length)}</h3>}
      {resolved.map(thread => (
        <ThreadCard key={thread.id} thread={thread} withCellLink />
      ))}
      {model.detail?.actions.includes('comment') && (
        <section aria-label={trans.__('New comment')} data-enablement-general="">
          <h3>{trans.__('Comment on the whole submission')}</h3>
          <Composer
            label={trans.__('Comment on the whole submission')}
            submitLabel={trans.__('Comment')}
            trans={trans}
            onSubmit={text => model.openThread({ cell: null, lines: null, output: null }, text)}
          />
        </section>
      )}
    </div>
  );
}
