/** The dialog window around a set-up. */
import { ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { BodyDialog } from '../bodyDialog';
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

/** Shows the set-up until the person closes it. */
export async function showGitDialog(session: GitSession, trans: TranslationBundle): Promise<void> {
  const dialog: BodyDialog = new BodyDialog({
    title: trans.__('Set up Git'),
    body: new GitBody(session, trans, () => dialog.reject()),
    hook: 'git'
  });
  dialog.addClass('enb-git-dialog');
  await dialog.launch();
}
