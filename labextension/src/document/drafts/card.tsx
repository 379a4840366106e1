/** A draft where it will stand: dashed, with a chip, so that nobody takes it for said. */
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Button, ErrorNote } from '../../components';
import type { IPlacedDraft } from '../../contract';
import { useTask } from '../../hooks';
import { SuggestionEditor } from '../../suggestions/editor';
import { SourceChange } from '../../suggestions/suggestedEdit';
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
  const moved = draft.placed !== null && draft.placed.state !== 'unchanged';
  const quote = moved && draft.suggestion === null ? draft.quote : '';
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
      {editing && draft.suggestion !== null ? (
        <SuggestionEditor
          replaces={draft.suggestion.replaces}
          source={draft.suggestion.source}
          text={draft.text}
          label={trans.__('The source you suggest')}
          submitLabel={trans.__('Save draft')}
          trans={trans}
          onCancel={() => setEditing(false)}
          onSubmit={async (source, text) => {
            await model.drafts.edit(draft, text, source);
            setEditing(false);
          }}
        />
      ) : editing ? (
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
        <DraftContent draft={draft} />
      )}
      {note !== '' && <p className="enb-hint">{note}</p>}
      <ErrorNote error={task.error} trans={trans} />
      {!editing && (
        <div className="enb-thread-actions">
          {isWritten(draft) && (
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

function DraftContent(props: { draft: IPlacedDraft }): React.JSX.Element {
  const { suggestion, text } = props.draft;
  const { trans } = useDocument();
  return (
    <>
      {suggestion !== null && <SourceChange source={suggestion} trans={trans} />}
      {text !== '' && (
        <p className="enb-comment-text" dir="auto">
          {text}
        </p>
      )}
    </>
  );
}

/** Whether somebody wrote something in it: a resolution has neither text nor source. */
function isWritten(draft: IPlacedDraft): boolean {
  return draft.text !== '' || draft.suggestion !== null;
}

/** Text is asked about, since it is nowhere else; a resolution is not. */
async function discard(draft: IPlacedDraft, trans: TranslationBundle, work: () => Promise<void>): Promise<void> {
  if (!isWritten(draft) || (await confirmDiscard([draft], trans))) {
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
