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
    private readonly actions: { close: () => void; open: (number: number) => void }
  ) {
    super();
    this.addClass('enb-send');
  }

  protected override render(): React.JSX.Element {
    return (
      <SendView session={this.session} trans={this.trans} onClose={this.actions.close} onOpen={this.actions.open} />
    );
  }
}

/** Shows the sending until the person closes it; gives the number to open next, if one was chosen. */
export async function showSendDialog(session: SendSession, trans: TranslationBundle): Promise<number | null> {
  let chosen: number | null = null;
  const body = new SendBody(session, trans, {
    close: () => dialog.reject(),
    open: number => {
      chosen = number;
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
