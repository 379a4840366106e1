/** The dialog window around a set-up. */
import { VDomRenderer } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { BodyDialog } from '../bodyDialog';
import type { GitSetupModel } from './setupModel';
import { SetupView } from './setupView';

class SetupBody extends VDomRenderer<GitSetupModel> {
  constructor(
    model: GitSetupModel,
    private readonly trans: TranslationBundle,
    private readonly onClose: () => void
  ) {
    super(model);
  }

  protected override render(): React.JSX.Element {
    return <SetupView model={this.model} trans={this.trans} onClose={this.onClose} />;
  }
}

/** Shows the set-up until the person closes it. */
export async function showSetupDialog(model: GitSetupModel, trans: TranslationBundle): Promise<void> {
  const dialog: BodyDialog = new BodyDialog({
    title: trans.__('Set up Git'),
    body: new SetupBody(model, trans, () => dialog.reject()),
    hook: 'git'
  });
  dialog.addClass('enb-git-dialog');
  await dialog.launch();
}
