/** Words about drafts. */
import type { TranslationBundle } from '@jupyterlab/translation';

import { anchorLabel } from '../../anchors';
import type { IDraft, IPlacedDraft } from '../../contract';
import { labelOf } from '../../labels';

/** "Comment on line 3", "Reply", "Resolve the thread". */
export function draftTitle(draft: IDraft, trans: TranslationBundle): string {
  if (draft.suggestion !== null) {
    return trans.__('Suggested edit');
  }
  if (draft.anchor !== null) {
    return anchorLabel(draft.anchor, trans);
  }
  const titles: Partial<Record<IDraft['kind'], string>> = {
    reply: trans.__('Reply'),
    resolve: trans.__('The thread will be resolved'),
    reopen: trans.__('The thread will be open again')
  };
  return labelOf(titles, draft.kind);
}

/** What happened since it was written; empty where nothing did. */
export function standingSentence(draft: IPlacedDraft, trans: TranslationBundle): string {
  const sentences: Record<IPlacedDraft['standing'], string> = {
    ready: '',
    older_version: trans.__('Written on version %1 and published there.', draft.version),
    resolved: trans.__('The thread was resolved meanwhile, and stays so.'),
    done: trans.__('Somebody did this already: publishing it changes nothing.'),
    ended: trans.__('This submission takes no comments any more. You can copy what you wrote, and discard it.')
  };
  return labelOf(sentences, draft.standing);
}
