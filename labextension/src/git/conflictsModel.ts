/** Notebooks that both sides changed in the same place, and what the person chooses for each conflict. */
import { VDomModel } from '@jupyterlab/apputils';

import type { ConflictChoice, ConflictChoices, GitGot, IConflictedNotebook, IGitConflicts } from '../contract';
import type { GitClient } from './client';

export class ConflictsModel extends VDomModel {
  conflicts: IGitConflicts | null = null;
  choices: ConflictChoices = {};
  busy = false;
  error: unknown = null;

  constructor(
    readonly folder: string,
    private readonly client: GitClient,
    private readonly done: (got: GitGot) => Promise<void>,
    private readonly before: () => Promise<void>
  ) {
    super();
  }

  /** How many conflicts have no choice yet. */
  get open(): number {
    return (this.conflicts?.notebooks ?? []).reduce((sum, notebook) => sum + this.openIn(notebook), 0);
  }

  load(): Promise<void> {
    return this.attempt(async () => {
      this.conflicts = await this.client.conflicts(this.folder);
      this.choices = {};
    });
  }

  choose(path: string, key: string, choice: ConflictChoice): void {
    this.choices = { ...this.choices, [path]: { ...this.choices[path], [key]: choice } };
    this.stateChanged.emit();
  }

  /** Theirs comes in, mine stays as a copy; pressed again, cell by cell it is. */
  takeTheirs(path: string, on: boolean): void {
    this.choices = { ...this.choices, [path]: on ? null : {} };
    this.stateChanged.emit();
  }

  finish(): Promise<void> {
    return this.attempt(async () => {
      const { conflicts } = this;
      if (conflicts !== null) {
        await this.before();
        await this.done(await this.client.resolve(this.folder, conflicts, this.choices));
      }
    });
  }

  private openIn(notebook: IConflictedNotebook): number {
    const chosen = this.choices[notebook.path];
    return chosen === null ? 0 : notebook.clashes - Object.keys(chosen ?? {}).length;
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
