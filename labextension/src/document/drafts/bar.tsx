/** "3 drafts · Publish": above the tabs wherever one reads, for as long as there are drafts. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Button, ErrorNote } from '../../components';
import { useTask } from '../../hooks';
import { useDocument } from '../context';
import type { SubmissionModel } from '../model';
import { confirmDiscard } from './card';

export function DraftsBar(): React.JSX.Element | null {
  const { trans, model } = useDocument();
  const { drafts } = model;
  const task = useTask();
  const count = drafts.items.length;
  const ready = drafts.publishable.length;
  if (count === 0 && drafts.error === null && task.error === null) {
    return null;
  }
  const discardAll = async (): Promise<void> => {
    const shown = drafts.items;
    if (await confirmDiscard(shown, trans)) {
      await drafts.discard(shown);
    }
  };
  return (
    <section className="enb-drafts-bar" aria-label={trans.__('Your drafts')} data-enablement-drafts={count}>
      {count > 0 && (
        <p role="status">
          <strong>{trans._n('%1 draft', '%1 drafts', count)}</strong>{' '}
          <span className="enb-hint">{hint(model, trans)}</span>
        </p>
      )}
      {count > 0 && (
        <div className="enb-actions">
          <Button
            primary
            onClick={() => task.run(() => model.publishDrafts())}
            disabled={task.busy || ready === 0}
            hook="publish-drafts"
          >
            {trans.__('Publish')}
          </Button>
          <Button onClick={() => model.show('discussion')} hook="show-drafts">
            {trans.__('Show')}
          </Button>
          <Button onClick={() => task.run(discardAll)} disabled={task.busy} hook="discard-drafts">
            {trans.__('Discard all…')}
          </Button>
        </div>
      )}
      <ErrorNote error={task.error} trans={trans} />
      <ErrorNote error={drafts.error} trans={trans} onRetry={() => void model.load()} />
    </section>
  );
}

function hint(model: SubmissionModel, trans: TranslationBundle): string {
  const { drafts, detail } = model;
  if (drafts.publishable.length === 0) {
    return trans.__('This submission takes no comments any more.');
  }
  const decides = detail?.actions.some(action => ['approve', 'request_changes', 'reject'].includes(action)) ?? false;
  return decides && model.decisionUrl !== null
    ? trans.__('Seen by you alone. Publish here, or with your decision.')
    : trans.__('Seen by you alone until you publish.');
}
