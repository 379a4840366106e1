/** The repositories that the person may use, and getting a copy of one. */
import { VDomModel } from '@jupyterlab/apputils';

import type { IGitCopied, IGitRepository, IGitStep } from '../../contract';
import type { GitClient } from '../client';

export class CopiesModel extends VDomModel {
  repositories: readonly IGitRepository[] | null = null;
  error: unknown = null;
  /** The path of the one that is being copied, null while none is. */
  copying: string | null = null;
  step: IGitStep['key'] | null = null;

  constructor(
    private readonly client: GitClient,
    /** Called with what was got, or is here already. */
    private readonly done: (copied: IGitCopied, fresh: boolean) => void
  ) {
    super();
  }

  async load(): Promise<void> {
    this.error = null;
    this.stateChanged.emit();
    try {
      this.repositories = await this.client.repositories();
    } catch (reason) {
      this.error = reason;
    }
    this.stateChanged.emit();
  }

  async copy(repository: IGitRepository): Promise<void> {
    if (this.copying !== null) {
      return;
    }
    this.error = null;
    this.copying = repository.path;
    this.stateChanged.emit();
    try {
      const copied = await this.client.copy(repository.path, step => {
        this.step = step.key;
        this.stateChanged.emit();
      });
      this.done(copied, repository.here === null);
    } catch (reason) {
      this.error = reason;
    }
    this.copying = this.step = null;
    this.stateChanged.emit();
  }
}
