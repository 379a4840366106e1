/** A draft where it will stand: dashed, with a chip, so that nobody takes it for said. */
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Button, ErrorNote } from '../../components';
import type { IPlacedDraft } from '../../contract';
import { useTask } from '../../hooks';
import { Composer } from '../../threads/composer';
import { useDocument } from '../context';
import { cardOf, useWanted } from '../remarks';
import { draftTitle, standingSentence } from './labels';

export function DraftCard(props: { draft: IPlacedDraft }): React.JSX.Element {
  const { draft } = props;
  const { trans, model } = useDocument();
  const [editing, setEditing] = React.useState(false);
  const task = useTask();
  const title = draftTitle(draft, trans);
  const note = standingSentence(draft, trans);
  const quote = draft.placed !== null && draft.placed.state !== 'unchanged' ? draft.quote : '';
  const ref = useWanted(cardOf('draft', draft.id));
  return (
    <article
      ref={ref}
      tabIndex={-1}
      className="enb-thread enb-mod-draft"
      data-enablement-draft={draft.id}
      data-enablement-draft-kind={draft.kind}
      data-enablement-draft-standing={draft.standing}
      aria-label={trans.__('Draft: %1', title)}
    >
      <header className="enb-thread-head">
        <span>{title}</span>
        <span className="enb-chip">{trans.__('Draft, only you see it')}</span>
      </header>
      {quote !== '' && <pre className="enb-quote">{quote}</pre>}
      {editing ? (
        <Composer
          autoFocus
          label={trans.__('Draft')}
          initial={draft.text}
          submitLabel={trans.__('Save draft')}
          trans={trans}
          onCancel={() => setEditing(false)}
          onSubmit={async text => {
            await model.drafts.edit(draft, text);
            setEditing(false);
          }}
        />
      ) : (
        draft.text !== '' && (
          <p className="enb-comment-text" dir="auto">
            {draft.text}
          </p>
        )
      )}
      {note !== '' && <p className="enb-hint">{note}</p>}
      <ErrorNote error={task.error} trans={trans} />
      {!editing && (
        <div className="enb-thread-actions">
          {draft.text !== '' && (
            <Button onClick={() => setEditing(true)} disabled={task.busy} hook="edit-draft">
              {trans.__('Edit')}
            </Button>
          )}
          <Button
            onClick={() => task.run(() => discard(draft, trans, () => model.drafts.discard([draft])))}
            disabled={task.busy}
            hook="discard-draft"
          >
            {trans.__('Discard')}
          </Button>
        </div>
      )}
    </article>
  );
}

/** Text is asked about, since it is nowhere else; a resolution is not. */
async function discard(draft: IPlacedDraft, trans: TranslationBundle, work: () => Promise<void>): Promise<void> {
  if (draft.text === '' || (await confirmDiscard([draft], trans))) {
    await work();
  }
}

/** Whether the person really wants to throw these away. */
export async function confirmDiscard(drafts: readonly IPlacedDraft[], trans: TranslationBundle): Promise<boolean> {
  const answer = await showDialog({
    title: trans._n('Discard %1 draft?', 'Discard %1 drafts?', drafts.length),
    body: trans.__('What you wrote is kept nowhere else.'),
    buttons: [Dialog.cancelButton({ label: trans.__('Keep') }), Dialog.warnButton({ label: trans.__('Discard') })]
  });
  return answer.button.accept;
}
