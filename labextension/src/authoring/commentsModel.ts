/** What reviewers ask of the notebook being edited: the decisions that stand against it, and the open threads as placed in its latest version. */
import { VDomModel } from '@jupyterlab/apputils';
import type { Contents } from '@jupyterlab/services';
import { Debouncer } from '@lumino/polling';
import type { ISignal } from '@lumino/signaling';

import { isOpen } from '../anchors';
import type { IChange, IDecision, ISubmission, IThread } from '../contract';
import { standingAgainst } from './decisions';
import { isWaiting } from '../suggestions/labels';
import type { IEnablement } from '../tokens';

const SETTLE_MS = 300;

/** A notebook's file, named by its path in the home. */
export interface INotebookFile {
  readonly path: string;
  readonly pathChanged: ISignal<unknown, string>;
}

/** The file of an open document, without the drive that it was opened through. */
export class LocalFile implements INotebookFile {
  constructor(
    private readonly context: INotebookFile,
    private readonly contents: Pick<Contents.IManager, 'localPath'>
  ) {}

  get path(): string {
    return this.contents.localPath(this.context.path);
  }

  get pathChanged(): ISignal<unknown, string> {
    return this.context.pathChanged;
  }
}

export class NotebookCommentsModel extends VDomModel {
  submission: ISubmission | null = null;
  threads: IThread[] = [];
  /** Decisions that stand and ask for something, the newest first. */
  decisions: IDecision[] = [];

  /** How many of the threads suggest an edit that nothing was said of. */
  get suggestions(): number {
    return this.threads.filter(({ suggestion }) => suggestion !== null && isWaiting(suggestion)).length;
  }

  private loads = 0;
  private readonly settle = new Debouncer(() => this.load(), SETTLE_MS);

  constructor(
    private readonly notebook: INotebookFile,
    private readonly enablement: Pick<IEnablement, 'client' | 'feed'>
  ) {
    super();
    enablement.feed.changed.connect(this.onFeed, this);
    enablement.feed.refreshed.connect(this.loadSoon, this);
    notebook.pathChanged.connect(this.loadSoon, this);
    this.loadSoon();
  }

  override dispose(): void {
    this.settle.dispose();
    super.dispose();
  }

  /** Without a service there is nothing to show: a notebook being edited is never disturbed by an error here. */
  async load(): Promise<void> {
    const { client } = this.enablement;
    const load = ++this.loads;
    try {
      const page = await client.list({ filter: 'sent', path: this.notebook.path, limit: 10 });
      const submission = page.items.find(item => item.actions.includes('send_version')) ?? page.items[0] ?? null;
      const threads = submission === null ? [] : await client.threads(submission.number);
      const decisions = submission === null ? [] : standingAgainst(await client.submission(submission.number));
      if (load === this.loads && !this.isDisposed) {
        this.submission = submission;
        this.threads = threads.filter(isOpen);
        this.decisions = decisions;
        this.stateChanged.emit();
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
    void this.settle.invoke();
  }
}
