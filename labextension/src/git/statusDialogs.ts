/** What the status bar's item says where Save is not what is due, and the one thing that can be done about it here. */
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IGitStatus } from '../contract';
import { plainName } from '../plainName';

/** A copy for reading: whether the person wants what is new. */
export function confirmNewest(status: IGitStatus, trans: TranslationBundle): Promise<boolean> {
  const name = plainName(status.repository ?? status.folder);
  if (status.access === 'none') {
    const gone = trans.__('You may not use %1 any more. What is here stays as it is. %2', name, status.ask);
    return confirm(trans.__('A copy that gets nothing new'), gone, null, trans);
  }
  const words = trans.__(
    'You may read %1 and get what is new; saving versions to it is for others. What you change here stays in this folder alone. %2',
    name,
    status.ask
  );
  return confirm(trans.__('This is a copy for reading'), words, trans.__('Get what is new'), trans);
}

/** A merge that is not finished: whether the person wants to finish it now. */
export function confirmFinish(trans: TranslationBundle): Promise<boolean> {
  const words = trans.__(
    'It was begun in the Git panel or the terminal (Git calls it a merge) and is not finished; until then no version can be saved. Finish it now: what only one side changed is taken, and where both changed the same cell you choose. What is in your files now is kept as a copy where something else takes its place.'
  );
  return confirm(trans.__('Two sides are being brought together here'), words, trans.__('Finish it'), trans);
}

async function confirm(title: string, body: string, act: string | null, trans: TranslationBundle): Promise<boolean> {
  const close = Dialog.cancelButton({ label: trans.__('Close') });
  const buttons = act === null ? [close] : [close, Dialog.okButton({ label: act })];
  const { button } = await showDialog({ title, body, buttons });
  return button.accept;
}
