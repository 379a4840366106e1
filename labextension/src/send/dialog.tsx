/** The dialog window around a sending. */
import { ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { BodyDialog } from '../bodyDialog';
import type { SendSession } from './session';
import { SendView } from './view';

class SendBody extends ReactWidget {
  constructor(
    private readonly session: SendSession,
    private readonly trans: TranslationBundle,
    private readonly actions: { close: () => void; open: (number: number) => void; setUpGit: () => void }
  ) {
    super();
    this.addClass('enb-send');
  }

  protected override render(): React.JSX.Element {
    return (
      <SendView
        session={this.session}
        trans={this.trans}
        onClose={this.actions.close}
        onOpen={this.actions.open}
        onSetUpGit={this.actions.setUpGit}
      />
    );
  }
}

/** What comes after the dialog: a submission to open, Git to set up first, or nothing. */
export type SendNext = { open: number } | 'set-up-git' | null;

/** Shows the sending until the person closes it. */
export async function showSendDialog(session: SendSession, trans: TranslationBundle): Promise<SendNext> {
  let chosen: SendNext = null;
  const body = new SendBody(session, trans, {
    close: () => dialog.reject(),
    open: number => {
      chosen = { open: number };
      dialog.reject();
    },
    setUpGit: () => {
      chosen = 'set-up-git';
      dialog.reject();
    }
  });
  const dialog: BodyDialog = new BodyDialog({
    title: trans.__('Send to engineering'),
    body,
    hook: 'send',
    focus: '[data-enablement-field="title"]'
  });
  dialog.addClass('enb-send-dialog');
  await dialog.launch();
  return chosen;
}
