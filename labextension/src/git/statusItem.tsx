/** The item in the status bar: branch, what changed, what is not on the server; a click does what is due. */
import { VDomRenderer } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IGitStatus } from '../contract';
import { refusalSentence } from './labels';
import type { GitDue, GitStatusModel } from './statusModel';

/** What a press does, by what is due. */
export type GitStatusHandlers = Readonly<Record<GitDue, () => void>>;

export class GitStatusItem extends VDomRenderer<GitStatusModel> {
  constructor(
    model: GitStatusModel,
    private readonly trans: TranslationBundle,
    private readonly handlers: GitStatusHandlers
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
        <button type="button" onClick={this.handlers['set-up']} data-enablement-git="none">
          {trans.__('Set up Git')}
        </button>
      );
    }
    return (
      <button
        type="button"
        onClick={this.handlers[this.model.due]}
        title={this.titleOf(status)}
        data-enablement-git={status.standing}
        data-enablement-shape={status.shape?.facts.shape ?? status.shape?.code}
        data-enablement-due={this.model.due}
        data-enablement-changed={status.changed.length}
        data-enablement-held={status.held.length}
        data-enablement-unpushed={status.unpushed}
      >
        {this.words(status)}
      </button>
    );
  }

  private titleOf(status: IGitStatus): string {
    const { trans } = this;
    if (status.shape !== null) {
      return refusalSentence(status.shape, trans);
    }
    if (this.model.due === 'reading') {
      return trans.__('This is a copy for reading');
    }
    return this.model.due === 'save'
      ? trans.__('Save a version')
      : trans.__('Everything is kept and on the server. Look at earlier versions');
  }

  private words(status: IGitStatus): string {
    const { trans } = this;
    const parts = status.branch === '' ? [trans.__('no branch')] : [status.branch];
    if (status.changed.length > 0) {
      parts.push(trans._n('%1 file changed', '%1 files changed', status.changed.length));
    }
    if (status.held.length > 0) {
      parts.push(trans._n('%1 file stays out', '%1 files stay out', status.held.length));
    }
    if (status.unpushed > 0) {
      parts.push(trans._n('%1 version not pushed', '%1 versions not pushed', status.unpushed));
    }
    const words: Partial<Record<GitDue, string>> = {
      finish: trans.__('Finish bringing together'),
      explain: trans.__('left to the Git panel'),
      reading: trans.__('a copy for reading'),
      save: trans.__('Save a version')
    };
    const due = words[this.model.due];
    return due === undefined ? `${parts.join(', ')} ✓` : `${parts.join(', ')} · ${due}`;
  }
}
