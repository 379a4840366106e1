/** "3 suggested edits · Apply all": above the tabs of the author's own submission, while one is open. */
import * as React from 'react';

import { Button, ErrorNote } from '../components';
import { useDocument } from '../document/context';
import { useTask } from '../hooks';
import { applyErrorSentence, isWaiting } from './labels';

export function SuggestionsBar(): React.JSX.Element | null {
  const { trans, model, applySuggestions } = useDocument();
  const task = useTask();
  const count = model.threads.filter(({ suggestion }) => suggestion !== null && isWaiting(suggestion)).length;
  const mayApply = model.isAuthor && (model.detail?.actions.includes('comment') ?? false);
  if (!mayApply || count === 0) {
    return null;
  }
  return (
    <section
      className="enb-drafts-bar enb-suggestions-bar"
      aria-label={trans.__('Suggested edits')}
      data-enablement-suggestions={count}
    >
      <p>
        <strong>{trans._n('%1 suggested edit', '%1 suggested edits', count)}</strong>{' '}
        <span className="enb-hint">{trans.__('Those that fit go into your notebook in one save.')}</span>
      </p>
      <div className="enb-actions">
        <Button
          primary
          hook="apply-suggestions"
          disabled={task.busy}
          onClick={() => task.run(() => applySuggestions(null))}
        >
          {trans.__('Apply all')}
        </Button>
        <Button hook="show-suggestions" onClick={() => model.show('discussion')}>
          {trans.__('Show')}
        </Button>
      </div>
      <ErrorNote error={task.error} trans={trans} sentence={applyErrorSentence} />
    </section>
  );
}
