/** The history of a notebook: its versions, the one that is looked at, and the way back to it. */
import { VDomModel } from '@jupyterlab/apputils';

import type { IGitHistory, IGitRestored, IGitVersion, IGitVersionContent } from '../contract';
import type { GitClient } from './client';

/** What differs now, or the version as it was. */
export type HistoryMode = 'compare' | 'read';

export class HistoryModel extends VDomModel {
  history: IGitHistory | null = null;
  content: IGitVersionContent | null = null;
  chosen: IGitVersion | null = null;
  mode: HistoryMode = 'compare';
  busy = false;
  error: unknown = null;

  constructor(
    readonly path: string,
    private readonly client: GitClient,
    private readonly goBack: (path: string, commit: string) => Promise<IGitRestored>
  ) {
    super();
  }

  load(): Promise<void> {
    return this.attempt(async () => {
      this.history = await this.client.history(this.path);
      const chosen = this.history.versions.find(version => version.commit === this.chosen?.commit);
      const first = chosen ?? this.history.versions[0];
      if (first !== undefined) {
        await this.show(first);
      }
    });
  }

  choose(version: IGitVersion): Promise<void> {
    return this.attempt(() => this.show(version));
  }

  setMode(mode: HistoryMode): void {
    this.mode = mode;
    this.stateChanged.emit();
  }

  restore(version: IGitVersion): Promise<void> {
    return this.attempt(async () => {
      await this.goBack(this.path, version.commit);
      this.history = await this.client.history(this.path);
      await this.show(version);
    });
  }

  private async show(version: IGitVersion): Promise<void> {
    this.chosen = version;
    this.stateChanged.emit();
    const content = await this.client.version(this.path, version.commit);
    if (this.isChosen(version)) {
      this.content = content;
    }
  }

  private isChosen(version: IGitVersion): boolean {
    return this.chosen?.commit === version.commit;
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    this.busy = true;
    this.error = null;
    this.stateChanged.emit();
    try {
      await work();
    } catch (reason) {
      this.error = reason;
    }
    this.busy = false;
    this.stateChanged.emit();
  }
}
