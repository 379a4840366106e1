/** Words about suggested edits. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { ISuggestion, ISuggestionApplication } from '../contract';
import { ApiError } from '../errors';
import { errorSentence, labelOf } from '../labels';

export function suggestionStateLabel(suggestion: ISuggestion, trans: TranslationBundle): string {
  const labels: Record<ISuggestion['state'], string> = {
    open: trans.__('Suggested'),
    outdated: trans.__('Suggested; the cell has changed since'),
    applied: trans.__('In version %1', suggestion.applied_in ?? ''),
    rejected: trans.__('Rejected by the author'),
    withdrawn: trans.__('Withdrawn')
  };
  return labelOf(labels, suggestion.state);
}

/** Whether its author still has to say something of it. */
export function isWaiting(suggestion: ISuggestion): boolean {
  return suggestion.state === 'open' || suggestion.state === 'outdated';
}

export function outcomeSentence(outcome: ISuggestionApplication['outcome'], trans: TranslationBundle): string {
  const sentences: Record<ISuggestionApplication['outcome'], string> = {
    fits: trans.__('Applied.'),
    merged: trans.__('Applied together with what you changed in this cell.'),
    already_in: trans.__('Already in: the cell says this.'),
    conflict: trans.__('Not applied: you changed the same place. Nothing was written there.'),
    gone: trans.__('Not applied: its cell is not in your notebook any more, or is of another type now.'),
    ambiguous: trans.__('Not applied: more than one cell could be meant. Edit the right one by hand.')
  };
  return labelOf(sentences, outcome);
}

export function applyErrorSentence(error: unknown, trans: TranslationBundle): string {
  const own: Record<string, string> = {
    'changed-on-disk': trans.__(
      'Nothing was applied: the file was changed on disk since you opened it. Reload it from disk (File menu), then apply again.'
    ),
    'keeps-changing': trans.__('Nothing was applied: the notebook is being changed all the time. Try again.'),
    'not-saved': trans.__(
      'The notebook could not be saved. What was applied is in the open notebook; look at it and save it.'
    )
  };
  return (error instanceof ApiError ? own[error.code] : undefined) ?? errorSentence(error, trans);
}
