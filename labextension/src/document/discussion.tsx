/** The Discussion tab: every thread, and comments on the submission as a whole. */
import * as React from 'react';

import { isOpen } from '../anchors';
import type { IAnchor } from '../contract';
import { Composer } from '../threads/composer';
import { useDocument } from './context';
import { DraftCard } from './drafts/card';
import { ThreadCard } from './thread';

const WHOLE: IAnchor = { cell: null, lines: null, output: null };

export function DiscussionTab(): React.JSX.Element {
  const { trans, model } = useDocument();
  const fresh = model.drafts.items.filter(draft => draft.thread === null);
  const open = model.threads.filter(isOpen);
  const resolved = model.threads.filter(thread => !isOpen(thread));
  return (
    <div className="enb-page enb-discussion">
      {fresh.length > 0 && (
        <section aria-label={trans.__('Your drafts')} data-enablement-own-drafts="">
          <h3>{trans.__('New threads of yours, not published yet')}</h3>
          {fresh.map(draft => (
            <DraftCard key={draft.id} draft={draft} />
          ))}
        </section>
      )}
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
            submitLabel={trans.__('Comment now')}
            trans={trans}
            onSubmit={text => model.openThread(WHOLE, text)}
            onDraft={text => model.draftThread(WHOLE, text)}
          />
        </section>
      )}
    </div>
  );
}
