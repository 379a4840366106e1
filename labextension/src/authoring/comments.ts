/** What reviewers ask of the notebook being edited: the decisions that stand against it, and the open threads as placed in its latest version. */
import type { NotebookPanel } from '@jupyterlab/notebook';
import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import { isOpen } from '../anchors';
import type { IChange, IDecision, ISubmission, IThread } from '../contract';
import { standingAgainst } from './verdicts';
import type { IEnablement } from '../tokens';

const SETTLE = 300;

export class NotebookComments implements IDisposable {
  submission: ISubmission | null = null;
  threads: IThread[] = [];
  /** Decisions that stand and ask for something, the newest first. */
  decisions: IDecision[] = [];

  private timer = 0;
  private loads = 0;
  private disposed = false;
  private readonly onChanged = new Signal<this, void>(this);

  constructor(
    private readonly panel: NotebookPanel,
    private readonly enablement: IEnablement
  ) {
    enablement.feed.changed.connect(this.onFeed, this);
    enablement.feed.refreshed.connect(this.loadSoon, this);
    panel.context.pathChanged.connect(this.loadSoon, this);
    this.loadSoon();
  }

  get changed(): ISignal<this, void> {
    return this.onChanged;
  }

  get isDisposed(): boolean {
    return this.disposed;
  }

  dispose(): void {
    if (!this.disposed) {
      this.disposed = true;
      window.clearTimeout(this.timer);
      Signal.clearData(this);
    }
  }

  /** Without a service there is nothing to show: a notebook being edited is never disturbed by an error here. */
  async load(): Promise<void> {
    const { client } = this.enablement;
    const load = ++this.loads;
    try {
      const page = await client.list({ filter: 'sent', path: this.panel.context.path, limit: 10 });
      const submission = page.items.find(item => item.actions.includes('send_version')) ?? page.items[0] ?? null;
      const threads = submission === null ? [] : await client.threads(submission.number);
      const decisions = submission === null ? [] : standingAgainst(await client.submission(submission.number));
      if (load === this.loads && !this.disposed) {
        this.submission = submission;
        this.threads = threads.filter(isOpen);
        this.decisions = decisions;
        this.onChanged.emit();
      }
    } catch (reason) {
      console.debug('Comments of the notebook could not be loaded.', reason);
    }
  }

  private onFeed(_: unknown, change: IChange): void {
    const isMine = this.submission !== null && change.submission === this.submission.number;
    if (isMine || change.kind === 'sent' || change.kind === 'version_sent') {
      this.loadSoon();
    }
  }

  private loadSoon(): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.load(), SETTLE);
  }
}
