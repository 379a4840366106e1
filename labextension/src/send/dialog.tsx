/** The dialog window around a sending. */
import { ReactWidget, UseSignal } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { BodyDialog } from '../bodyDialog';
import type { SendModel } from './model';
import type { IPlace } from './trial';
import { SendView, type ISendViewProps } from './view';

class SendBody extends ReactWidget {
  constructor(private readonly props: ISendViewProps) {
    super();
    this.addClass('enb-send');
  }

  protected override render(): React.JSX.Element {
    const { model } = this.props;
    return <UseSignal signal={model.stateChanged}>{() => <SendView {...this.props} />}</UseSignal>;
  }
}

/** What comes after the dialog: a submission to open, a cell to look at, Git to set up first, or nothing. */
export type SendNext = { open: number } | { show: IPlace } | 'set-up-git' | null;

/** Shows the sending until the person closes it. */
export async function showSendDialog(model: SendModel, trans: TranslationBundle): Promise<SendNext> {
  let chosen: SendNext = null;
  const body = new SendBody({
    model,
    trans,
    onClose: () => dialog.reject(),
    onOpen: number => {
      chosen = { open: number };
      dialog.reject();
    },
    onShow: place => {
      chosen = { show: place };
      dialog.reject();
    },
    onSetUpGit: () => {
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
