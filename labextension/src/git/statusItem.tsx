/** The item in the status bar: branch, what changed, what is not on the server; a click does what is due. */
import { VDomRenderer } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IGitStatus } from '../contract';
import { refusalSentence } from './labels';
import type { GitStatusModel } from './statusModel';

export interface IGitStatusHandlers {
  save: () => void;
  setUp: () => void;
  history: () => void;
  /** Says why the buttons do not act here, and what does. */
  explain: () => void;
}

export class GitStatusItem extends VDomRenderer<GitStatusModel> {
  constructor(
    model: GitStatusModel,
    private readonly trans: TranslationBundle,
    private readonly actions: IGitStatusHandlers
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
    const { press, title } = this.due(status);
    return (
      <button
        type="button"
        onClick={press}
        title={title}
        data-enablement-git={status.standing}
        data-enablement-shape={status.shape?.facts.shape ?? status.shape?.code}
        data-enablement-changed={status.changed.length}
        data-enablement-unpushed={status.unpushed}
      >
        {this.words(status)}
      </button>
    );
  }

  /** What a press does, and the words about it. */
  private due(status: IGitStatus): { press: () => void; title: string } {
    const { trans, actions } = this;
    if (status.shape !== null) {
      return { press: actions.explain, title: refusalSentence(status.shape, trans) };
    }
    return status.changed.length + status.unpushed > 0
      ? { press: actions.save, title: trans.__('Save a version') }
      : { press: actions.history, title: trans.__('Everything is kept and on the server. Look at earlier versions') };
  }

  private words(status: IGitStatus): string {
    const { trans } = this;
    const parts = status.branch === '' ? [trans.__('no branch')] : [status.branch];
    if (status.changed.length > 0) {
      parts.push(trans._n('%1 file changed', '%1 files changed', status.changed.length));
    }
    if (status.unpushed > 0) {
      parts.push(trans._n('%1 version not pushed', '%1 versions not pushed', status.unpushed));
    }
    if (status.shape !== null) {
      return `${parts.join(', ')} · ${trans.__('left to the Git panel')}`;
    }
    const due = status.changed.length + status.unpushed > 0;
    return due ? `${parts.join(', ')} · ${trans.__('Save a version')}` : `${parts.join(', ')} ✓`;
  }
}
