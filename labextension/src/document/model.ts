/** One submission as the viewer sees it: its detail, the version he reads, its threads. */
import { VDomModel } from '@jupyterlab/apputils';
import { Debouncer } from '@lumino/polling';
import { Signal, type ISignal } from '@lumino/signaling';

import type {
  IAnchor,
  IChange,
  IComment,
  ILabContext,
  IMe,
  ISubmissionDetail,
  IThread,
  IVersion,
  Risk
} from '../contract';
import { ApiError } from '../errors';
import type { IEnablement } from '../tokens';
import { DraftsModel } from './drafts/model';

/** Several messages about one action arrive together; one reload answers them all. */
const SETTLE_MS = 200;

export const TABS = ['overview', 'changes', 'notebook', 'files', 'discussion', 'history'] as const;
export type Tab = (typeof TABS)[number];

export type StampedAction = 'claim' | 'release' | 'withdraw';

export class SubmissionModel extends VDomModel {
  detail: ISubmissionDetail | null = null;
  threads: IThread[] = [];
  me: IMe | null = null;
  context: ILabContext | null = null;
  error: unknown = null;
  /** The tab to show first. */
  tab: Tab = 'overview';
  /** Whether somebody chose that tab. */
  tabChosen = false;
  readonly drafts: DraftsModel;

  private chosen: number | null = null;
  private loads = 0;
  private readonly settle = new Debouncer(() => this.load(), SETTLE_MS);
  private readonly onTabAsked = new Signal<this, Tab>(this);

  constructor(
    readonly number: number,
    readonly enablement: IEnablement
  ) {
    super();
    this.drafts = new DraftsModel(number, enablement.client);
    this.drafts.changed.connect(this.onDrafts, this);
    enablement.feed.changed.connect(this.onFeed, this);
    enablement.feed.refreshed.connect(this.reloadSoon, this);
    void this.load();
  }

  /** Fires when a link from elsewhere asks for a tab. */
  get tabAsked(): ISignal<this, Tab> {
    return this.onTabAsked;
  }

  /** The version being read: the one chosen, otherwise the latest. */
  get version(): IVersion | null {
    const versions = this.detail?.versions ?? [];
    const number = this.chosen ?? this.detail?.latest;
    return versions.find(version => version.number === number) ?? versions[versions.length - 1] ?? null;
  }

  override dispose(): void {
    this.settle.dispose();
    super.dispose();
  }

  /** Loads everything again; the last load wins when several overlap. */
  async load(): Promise<void> {
    const { client } = this.enablement;
    const load = ++this.loads;
    try {
      const [detail, threads, me, context] = await Promise.all([
        client.submission(this.number),
        client.threads(this.number, this.chosen ?? undefined),
        this.enablement.me(),
        this.enablement.context(),
        this.drafts.load(this.chosen ?? undefined)
      ]);
      if (load === this.loads) {
        this.update({ detail, threads, me, context, error: null });
      }
    } catch (error) {
      if (load === this.loads) {
        this.update({ error });
      }
    }
  }

  show(tab: Tab): void {
    this.tab = tab;
    this.tabChosen = true;
    this.onTabAsked.emit(tab);
  }

  select(version: number): void {
    this.chosen = version === this.detail?.latest ? null : version;
    this.stateChanged.emit();
    void this.load();
  }

  /** Does it under the stamp that is on screen; a stale one loads what is there now and raises ApiError. */
  async act(action: StampedAction, reason = ''): Promise<void> {
    const { client } = this.enablement;
    if (this.detail === null) {
      return;
    }
    try {
      if (action === 'withdraw') {
        await client.withdraw(this.detail, reason);
      } else {
        await client[action](this.detail);
      }
    } finally {
      await this.load();
    }
  }

  async openThread(anchor: IAnchor, text: string): Promise<void> {
    const version = this.version;
    if (version !== null) {
      this.put(await this.enablement.client.openThread(this.number, version.number, anchor, text));
    }
  }

  /** The same as a draft, on the version being read. */
  async draftThread(anchor: IAnchor, text: string): Promise<void> {
    const version = this.version;
    if (version !== null) {
      await this.drafts.comment(version.number, anchor, text);
    }
  }

  /** Publishes the drafts on screen and shows them as threads. */
  async publishDrafts(): Promise<void> {
    await this.drafts.publish();
    await this.load();
  }

  async editComment(comment: IComment, text: string): Promise<void> {
    await this.revise(() => this.enablement.client.editComment(comment, text));
  }

  async deleteComment(comment: IComment): Promise<void> {
    await this.revise(() => this.enablement.client.deleteComment(comment));
  }

  /** Whether the viewer sent it. */
  get isAuthor(): boolean {
    return this.detail !== null && this.detail.author === this.me?.name;
  }

  async rejectSuggestion(thread: IThread, reason: string): Promise<void> {
    this.put(await this.enablement.client.rejectSuggestion(thread.id, reason));
  }

  async reply(thread: IThread, text: string): Promise<void> {
    this.put(await this.enablement.client.reply(thread.id, text));
  }

  async setResolved(thread: IThread, resolved: boolean): Promise<void> {
    const { client } = this.enablement;
    this.put(await (resolved ? client.resolve(thread.id) : client.reopen(thread.id)));
  }

  /** A page of the service, by its path: its address has no lab page either. */
  pageAt(path: string): string | null {
    const url = this.me?.decisions.url;
    return url === undefined ? null : new URL(path, new URL(url.replace(/\/?$/, '/'), window.location.href)).href;
  }

  /** The decision page, at an address that no lab page has; null where decisions are off, or before the service has said. */
  get decisionUrl(): string | null {
    const decisions = this.me?.decisions;
    if (!decisions?.on) {
      return null;
    }
    const url = new URL(`decide/${this.number}`, new URL(decisions.url.replace(/\/?$/, '/'), window.location.href));
    return /^https?:$/.test(url.protocol) ? url.href : null;
  }

  /** Why nobody can decide here; empty where people can. */
  get decisionsOff(): Risk[] {
    return this.me?.decisions.off_because ?? [];
  }

  get isGone(): boolean {
    return this.error instanceof ApiError && this.error.code === 'not-found';
  }

  /** Where it was changed elsewhere meanwhile, that is loaded. */
  private async revise(work: () => Promise<IThread>): Promise<void> {
    try {
      this.put(await work());
    } catch (error) {
      if (error instanceof ApiError && error.code === 'comment-changed') {
        await this.load();
      }
      throw error;
    }
  }

  private put(thread: IThread): void {
    // Answers place a thread in the latest version; one that is read in an older version keeps its place.
    const before = this.threads.find(item => item.id === thread.id);
    const placed = before !== undefined && this.chosen !== null ? { ...thread, placed: before.placed } : thread;
    this.threads =
      before === undefined
        ? [...this.threads, placed]
        : this.threads.map(item => (item.id === thread.id ? placed : item));
    this.stateChanged.emit();
  }

  private onFeed(_: unknown, change: IChange): void {
    if (change.submission === this.number) {
      this.reloadSoon();
    }
  }

  private onDrafts(): void {
    if (!this.isDisposed) {
      this.stateChanged.emit();
    }
  }

  private reloadSoon(): void {
    void this.settle.invoke();
  }

  private update(part: Partial<SubmissionModel>): void {
    if (!this.isDisposed) {
      Object.assign(this, part);
      this.stateChanged.emit();
    }
  }
}
