/** One visit to "Set up Git": the plan, the way through its steps, the receipt. */
import { ISignal, Signal } from '@lumino/signaling';

import type { GitClient } from './client';
import type { IGitReceipt, IPlan, StepState } from './contract';

export type GitPhase = 'loading' | 'plan' | 'running' | 'done' | 'undone';

export class GitSession {
  phase: GitPhase = 'loading';
  plan: IPlan | null = null;
  receipt: IGitReceipt | null = null;
  error: unknown = null;
  /** Notebooks whose versions have results of cells: in a repository that somebody else began. */
  results: string[] = [];
  /** Whether the version without results was made in this visit. */
  keptOut = false;
  readonly states = new Map<string, StepState>();

  constructor(
    readonly folder: string,
    private readonly client: GitClient,
    private readonly after: () => void
  ) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  load(): Promise<void> {
    return this.attempt('loading', 'plan', async () => {
      this.plan = await this.client.plan(this.folder);
      await this.findResults();
    });
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
    return this.attempt('running', 'undone', () => this.client.undo(this.folder));
  }

  private run(action: 'apply' | 'repair'): Promise<void> {
    this.states.clear();
    return this.attempt('running', 'done', async () => {
      this.receipt = await this.client[action](this.folder, step => {
        this.states.set(step.key, step.state);
        this._changed.emit();
      });
      await this.findResults();
    });
  }

  /** Only an offer: where it cannot be found out, there is none. */
  private async findResults(): Promise<void> {
    this.results = await this.client.results(this.folder).catch(() => []);
  }

  /** A failure leaves the person where they were, with a sentence. */
  private async attempt(during: GitPhase, then: GitPhase, work: () => Promise<void>): Promise<void> {
    const before = this.phase;
    this.error = null;
    this.phase = during;
    this._changed.emit();
    try {
      await work();
      this.phase = then;
    } catch (reason) {
      this.error = reason;
      this.phase = before;
    }
    this._changed.emit();
    this.after();
  }

  private readonly _changed = new Signal<this, void>(this);
}
