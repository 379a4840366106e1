/** The item in the status bar: branch, what changed, what is not on the server; a click does what is due. */
import { VDomModel, VDomRenderer } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { GitClient } from './client';
import type { IGitStatus } from './contract';

const SETTLE_MS = 700;

/** How the folder the person is in stands. A failure leaves nothing to show. */
export class GitStatusModel extends VDomModel {
  status: IGitStatus | null = null;
  private path = '';
  private timer: number | null = null;

  constructor(private readonly client: GitClient) {
    super();
  }

  get folder(): string {
    return this.path;
  }

  /** From now on this folder; asked once things have settled. */
  look(path: string = this.path): void {
    this.path = path;
    if (this.timer !== null) {
      window.clearTimeout(this.timer);
    }
    this.timer = window.setTimeout(() => void this.ask(), SETTLE_MS);
  }

  get living(): boolean {
    return this.status !== null && (this.status.standing === 'ours' || this.status.standing === 'adopted');
  }

  override dispose(): void {
    if (this.timer !== null) {
      window.clearTimeout(this.timer);
    }
    super.dispose();
  }

  private async ask(): Promise<void> {
    this.timer = null;
    const asked = this.path;
    let status: IGitStatus | null = null;
    try {
      status = await this.client.status(asked);
    } catch {
      status = null; // no service, no Git: there is nothing to say, and the dialog says why
    }
    if (asked === this.path && !this.isDisposed) {
      this.status = status;
      this.stateChanged.emit();
    }
  }
}

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
    const { status, living } = this.model;
    if (status === null || status.standing === 'inside') {
      return null;
    }
    const { trans } = this;
    if (!living) {
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
