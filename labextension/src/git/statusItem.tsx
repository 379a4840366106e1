/** The item in the status bar: branch, what changed, what is not on the server; a click does what is due. */
import { VDomRenderer } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IGitStatus } from '../contract';
import type { GitStatusModel } from './statusModel';

export class GitStatusItem extends VDomRenderer<GitStatusModel> {
  constructor(
    model: GitStatusModel,
    private readonly trans: TranslationBundle,
    private readonly actions: { save: () => void; setUp: () => void }
  ) {
    super(model);
    this.addClass('enb-git-status');
  }

  protected override render(): React.JSX.Element | null {
    const { status, isRepository } = this.model;
    if (status === null || status.standing === 'inside') {
      return null;
    }
    const { trans } = this;
    if (!isRepository) {
      return this.model.folder === '' ? null : (
        <button type="button" onClick={this.actions.setUp} data-enablement-git="none">
          {trans.__('Set up Git')}
        </button>
      );
    }
    const due = status.changed.length + status.unpushed;
    return (
      <button
        type="button"
        onClick={this.actions.save}
        disabled={due === 0}
        title={due === 0 ? trans.__('Everything is kept and on the server') : trans.__('Save a version')}
        data-enablement-git={status.standing}
        data-enablement-changed={status.changed.length}
        data-enablement-unpushed={status.unpushed}
      >
        {this.words(status)}
      </button>
    );
  }

  private words(status: IGitStatus): string {
    const { trans } = this;
    const parts = [status.branch];
    if (status.changed.length > 0) {
      parts.push(trans._n('%1 file changed', '%1 files changed', status.changed.length));
    }
    if (status.unpushed > 0) {
      parts.push(trans._n('%1 version not pushed', '%1 versions not pushed', status.unpushed));
    }
    const due = status.changed.length + status.unpushed > 0;
    return due ? `${parts.join(', ')} · ${trans.__('Save a version')}` : `${parts.join(', ')} ✓`;
  }
}
