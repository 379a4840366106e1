/** The dialog window around a set-up. */
import { Dialog, ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { GitSession } from './session';
import { GitView } from './view';

class GitBody extends ReactWidget {
  constructor(
    private readonly session: GitSession,
    private readonly trans: TranslationBundle,
    private readonly close_: () => void
  ) {
    super();
  }

  protected override render(): React.JSX.Element {
    return <GitView session={this.session} trans={this.trans} onClose={this.close_} />;
  }
}

/** The dialog's own buttons are in its body: Enter presses the one that has the focus, and does not close. */
class GitWindow extends Dialog<void> {
  override handleEvent(event: Event): void {
    if (event instanceof KeyboardEvent && event.key === 'Enter') {
      return;
    }
    super.handleEvent(event);
  }
}

/** Shows the set-up until the person closes it. */
export async function showGitDialog(session: GitSession, trans: TranslationBundle): Promise<void> {
  const dialog: GitWindow = new GitWindow({
    title: trans.__('Set up Git'),
    body: new GitBody(session, trans, () => dialog.reject()),
    buttons: [],
    hasClose: true
  });
  dialog.addClass('enb-git-dialog');
  dialog.node.dataset.enablementDialog = 'git';
  await dialog.launch();
}
