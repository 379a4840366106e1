/** The dialog window around the list of repositories. */
import { VDomRenderer } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { BodyDialog } from '../../bodyDialog';
import type { IGitCopied } from '../../contract';
import type { GitClient } from '../client';
import { CopiesModel } from './copiesModel';
import { CopiesView } from './copiesView';

export interface ICopyGot {
  copied: IGitCopied;
  /** Whether it was made just now. */
  fresh: boolean;
}

class CopiesBody extends VDomRenderer<CopiesModel> {
  constructor(
    model: CopiesModel,
    private readonly trans: TranslationBundle,
    private readonly onClose: () => void
  ) {
    super(model);
  }

  protected override render(): React.JSX.Element {
    return <CopiesView model={this.model} trans={this.trans} onClose={this.onClose} />;
  }
}

/** Shows the list; what was got of it, null where the person closed it. */
export async function showCopiesDialog(client: GitClient, trans: TranslationBundle): Promise<ICopyGot | null> {
  let got: ICopyGot | null = null;
  const model = new CopiesModel(client, (copied, fresh) => {
    got = { copied, fresh };
    dialog.reject();
  });
  const dialog: BodyDialog = new BodyDialog({
    title: trans.__('Get a copy'),
    body: new CopiesBody(model, trans, () => dialog.reject()),
    hook: 'git-copies'
  });
  dialog.addClass('enb-git-dialog');
  void model.load();
  await dialog.launch();
  model.dispose();
  return got;
}
