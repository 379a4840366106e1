/** The state of the folder the person is in. */
import { VDomModel } from '@jupyterlab/apputils';
import { Debouncer } from '@lumino/polling';

import type { IGitStatus } from '../contract';
import type { GitClient } from './client';
import { isMerge } from './labels';

/** What a press does: sets up Git, finishes a merge, says why the buttons do not act or that this is a copy for reading, saves a version, or shows earlier ones. */
export type GitDue = 'set-up' | 'finish' | 'explain' | 'reading' | 'save' | 'history';

const SETTLE_MS = 700;

/** Whether versions are kept by others alone: the person may read them, or no longer even that. */
export function isForReading({ access }: IGitStatus): boolean {
  return access === 'read' || access === 'none';
}

/** A failure leaves nothing to show. */
export class GitStatusModel extends VDomModel {
  status: IGitStatus | null = null;
  private path = '';
  private readonly settle = new Debouncer(() => this.load(), SETTLE_MS);

  constructor(private readonly client: GitClient) {
    super();
  }

  get folder(): string {
    return this.path;
  }

  /** Whether versions of this folder are kept. */
  get isRepository(): boolean {
    return this.status !== null && (this.status.standing === 'ours' || this.status.standing === 'adopted');
  }

  /** What is due in this folder. */
  get due(): GitDue {
    if (this.status === null || !this.isRepository) {
      return 'set-up';
    }
    if (this.status.shape !== null) {
      return isMerge(this.status.shape) ? 'finish' : 'explain';
    }
    if (isForReading(this.status)) {
      return 'reading';
    }
    const { changed, held, unpushed } = this.status;
    return changed.length + held.length + unpushed > 0 ? 'save' : 'history';
  }

  /** From now on this folder; asked once things have settled. */
  refresh(path: string = this.path): void {
    this.path = path;
    if (!this.isDisposed) {
      void this.settle.invoke();
    }
  }

  override dispose(): void {
    this.settle.dispose();
    super.dispose();
  }

  private async load(): Promise<void> {
    const asked = this.path;
    // No service, no Git: there is nothing to say, and the dialog says why.
    const status = await this.client.status(asked).catch(() => null);
    if (asked === this.path && !this.isDisposed) {
      this.status = status;
      this.stateChanged.emit();
    }
  }
}
