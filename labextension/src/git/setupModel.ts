/** One visit to "Set up Git": the plan, the way through its steps, the receipt. */
import { VDomModel } from '@jupyterlab/apputils';

import type { IGitPlan, IGitReceipt, IGitStep } from '../contract';
import { isInterrupted } from '../errors';
import type { GitClient } from './client';

export type GitSetupPhase = 'loading' | 'plan' | 'running' | 'done' | 'undone';

export class GitSetupModel extends VDomModel {
  phase: GitSetupPhase = 'loading';
  plan: IGitPlan | null = null;
  receipt: IGitReceipt | null = null;
  error: unknown = null;
  /** Notebooks whose versions have results of cells: in a repository that somebody else began. */
  results: string[] = [];
  /** The file with the versions that only this folder had when the set-up was taken back. */
  kept: string | null = null;
  /** Whether the version without results was made in this visit. */
  keptOut = false;
  /** The group for which the repository is made, empty for the person's own. */
  group = '';
  readonly states = new Map<string, IGitStep['state']>();

  constructor(
    readonly folder: string,
    private readonly client: GitClient,
    private readonly after: () => void
  ) {
    super();
  }

  load(): Promise<void> {
    return this.attempt('loading', 'plan', async () => {
      this.plan = await this.client.plan(this.folder, this.group);
      await this.findResults();
    });
  }

  /** Whether the folder is to get a repository: then it can be a group's. */
  get isNew(): boolean {
    const steps = this.plan?.steps ?? [];
    return !steps.some(step => step.key === 'prepare' && (step.done || step.facts.existing === true));
  }

  /** For whom versions are kept; the plan is made anew. */
  choose(group: string): Promise<void> {
    this.group = group;
    return this.load();
  }

  /** One version without the results; the files keep theirs. */
  keepResultsOut(): Promise<void> {
    const { phase } = this;
    return this.attempt('running', phase, async () => {
      await this.client.keepResultsOut(this.folder);
      this.results = [];
      this.keptOut = true;
    });
  }

  apply(): Promise<void> {
    return this.run('apply');
  }

  repair(): Promise<void> {
    return this.run('repair');
  }

  undo(): Promise<void> {
    return this.attempt('running', 'undone', async () => {
      this.kept = await this.client.undo(this.folder);
    });
  }

  private run(action: 'apply' | 'repair'): Promise<void> {
    this.states.clear();
    return this.attempt('running', 'done', async () => {
      const report = (step: IGitStep): void => {
        this.states.set(step.key, step.state);
        this.stateChanged.emit();
      };
      this.receipt = await this.client[action](this.folder, report, ...(action === 'apply' ? [this.group] : []));
      await this.findResults();
    });
  }

  /** Only an offer: where it cannot be found out, there is none. */
  private async findResults(): Promise<void> {
    this.results = await this.client.results(this.folder).catch(() => []);
  }

  /** A failure leaves the person where they were, with a sentence. */
  private async attempt(during: GitSetupPhase, then: GitSetupPhase, work: () => Promise<void>): Promise<void> {
    const before = this.phase;
    this.error = null;
    this.phase = during;
    this.stateChanged.emit();
    try {
      await work();
      this.phase = then;
    } catch (reason) {
      this.error = reason;
      this.phase = before;
      this.forgetRunning();
      await this.lookAgain(reason);
    }
    this.stateChanged.emit();
    this.after();
  }

  /** Where the connection broke, the lab server may have gone on: the plan says what is done by now. */
  private async lookAgain(reason: unknown): Promise<void> {
    if (isInterrupted(reason) && this.plan !== null) {
      this.plan = await this.client.plan(this.folder, this.group).catch(() => this.plan);
    }
  }

  /** Nobody says any more how the step goes that was under way; what was done before it stays done. */
  private forgetRunning(): void {
    for (const [key, state] of this.states) {
      if (state === 'running') {
        this.states.delete(key);
      }
    }
  }
}
