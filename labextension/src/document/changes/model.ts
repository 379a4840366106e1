/** What changed between two versions of a submission, what of it the viewer has seen, and how it is shown. */
import { VDomModel } from '@jupyterlab/apputils';

import type {
  IAnchor,
  ICellDifference,
  ICellView,
  IDifference,
  IReleaseComparison,
  IThread,
  IVersion
} from '../../contract';
import type { SubmissionModel } from '../model';

export type Side = 'old' | 'new';
export type Layout = 'side' | 'unified';

/** Differences that stay loaded: going back and forth between versions asks nothing again. */
const KEPT = 4;
/** Of one request. */
const KEYS_AT_ONCE = 1000;

/** Two sides and what differs. `version` null: the author's own file. */
export interface IShownDifference {
  old: number;
  version: number | null;
  difference: IDifference;
  /** Cells of the author's own file. */
  cells: readonly ICellView[];
}

export class ChangesModel extends VDomModel {
  shown: IShownDifference | null = null;
  /** The version that was chosen to compare with; null: what was read last. */
  from: number | null = null;
  /** Whether the new side is the author's own file instead of a version. */
  working = false;
  layout: Layout = 'side';
  /** The newest version that was read to its end. */
  readVersion: number | null = null;
  seen: ReadonlySet<string> = new Set();
  /** Threads as they stand on the old side. */
  oldThreads: IThread[] = [];
  /** Which packages differ, where the image does. */
  releases: IReleaseComparison | null = null;
  loading = false;
  error: unknown = null;
  markError: unknown = null;

  private marks: 'unasked' | 'asked' | 'known' = 'unasked';
  private begun: Promise<void> = Promise.resolve();
  private loads = 0;
  private key = '';
  private readonly kept = new Map<string, IShownDifference>();
  private readonly views = new Map<string, Promise<ICellView>>();

  constructor(readonly submission: SubmissionModel) {
    super();
    submission.stateChanged.connect(this.onSubmission, this);
    this.onSubmission();
  }

  /** The version on the new side, or whose author's file is there. */
  get version(): IVersion | null {
    return this.submission.version;
  }

  /** Cells that differ, in the order in which they are shown. */
  get changed(): ICellDifference[] {
    return (this.shown?.difference.cells ?? []).filter(cell => cell.standing !== 'same');
  }

  /** How many of them the viewer has not seen. */
  get left(): number {
    return this.changed.filter(cell => !this.isSeen(cell)).length;
  }

  /** Versions that the new side can be compared with; none: it is the only one. */
  get others(): IVersion[] {
    const number = this.version?.number;
    const versions = this.submission.detail?.versions ?? [];
    return this.working ? [...versions] : versions.filter(version => version.number !== number);
  }

  /** Whether there is anything to compare: a second version, or the author's own file. */
  get hasOthers(): boolean {
    return this.working || (this.version?.number ?? 1) > 1 || this.from !== null;
  }

  /** Whether the viewer is the author, whose own file can be compared. */
  get canCompareFile(): boolean {
    return this.submission.detail !== null && this.submission.detail.author === this.submission.me?.name;
  }

  isSeen(cell: ICellDifference): boolean {
    return cell.seen_key !== undefined && this.seen.has(cell.seen_key);
  }

  override dispose(): void {
    this.submission.stateChanged.disconnect(this.onSubmission, this);
    super.dispose();
  }

  choose(from: number | null): void {
    this.from = from;
    this.compare();
  }

  compareFile(working: boolean): void {
    this.working = working;
    this.compare();
  }

  setLayout(layout: Layout): void {
    this.layout = layout;
    this.stateChanged.emit();
  }

  /** Loads what differs between the chosen sides; the last load wins when several overlap. */
  async load(): Promise<void> {
    const load = ++this.loads;
    this.update({ loading: true, error: null });
    try {
      const shown = await this.fetch();
      if (load === this.loads) {
        this.update({ shown, loading: false, releases: null });
        await this.loadBeside(shown, load);
      }
    } catch (error) {
      if (load === this.loads) {
        this.update({ error, loading: false, shown: null });
      }
    }
  }

  /** Notes, or takes back, that a cell was seen; shown at once, and taken back where it could not be stored. */
  async toggle(cell: ICellDifference): Promise<void> {
    if (cell.seen_key !== undefined) {
      await this.mark([cell.seen_key], !this.isSeen(cell));
    }
  }

  async markAll(): Promise<void> {
    const keys = this.changed.flatMap(cell => (this.isSeen(cell) ? [] : (cell.seen_key ?? [])));
    for (let start = 0; start < keys.length; start += KEYS_AT_ONCE) {
      await this.mark(keys.slice(start, start + KEYS_AT_ONCE), true);
    }
  }

  /** Whoever opens a notebook for the first time reads it from its beginning to its end. */
  async noteRead(version: number): Promise<void> {
    await this.begun;
    if (this.marks === 'known' && this.readVersion === null) {
      await this.store({ read: version }).catch(() => undefined);
    }
  }

  /** A cell of one side with its outputs; asked for once. */
  cell(side: Side, index: number): Promise<ICellView> {
    const own = side === 'new' ? this.shown?.cells.find(cell => cell.index === index) : undefined;
    if (own !== undefined) {
      return Promise.resolve(own);
    }
    const version = side === 'old' ? this.shown?.old : this.shown?.version;
    const key = `${String(version)}/${String(index)}`;
    const known = this.views.get(key);
    if (known !== undefined) {
      return known;
    }
    const asked = this.submission.enablement.client.cell(this.submission.number, version ?? 1, index);
    this.views.set(key, asked);
    asked.catch(() => this.views.delete(key));
    return asked;
  }

  /** Equal cells that were folded. */
  async cells(first: number, count: number): Promise<ICellView[]> {
    const { enablement, number } = this.submission;
    const page = await enablement.client.notebook(number, this.shown?.old ?? 1, first, Math.min(count, 500));
    return page.cells;
  }

  /** Opens a thread on a cell, line or output of either side. */
  async openThread(side: Side, anchor: IAnchor, text: string): Promise<void> {
    const { submission, shown } = this;
    const version = this.versionOf(side);
    if (shown === null || version === null) {
      return;
    }
    await submission.enablement.client.openThread(submission.number, version, anchor, text);
    await Promise.all([submission.load(), this.loadThreads(shown)]);
  }

  /** The same as a draft. */
  async draftThread(side: Side, anchor: IAnchor, text: string): Promise<void> {
    const version = this.versionOf(side);
    if (version !== null) {
      await this.submission.drafts.comment(version, anchor, text);
    }
  }

  private versionOf(side: Side): number | null {
    return (side === 'old' ? this.shown?.old : this.shown?.version) ?? null;
  }

  private async mark(keys: string[], seen: boolean): Promise<void> {
    const before = this.seen;
    const now = new Set(before);
    keys.forEach(key => (seen ? now.add(key) : now.delete(key)));
    this.update({ seen: now, markError: null });
    const { version } = this.shown ?? {};
    // What was skipped is not read: only from where the viewer was before does it count.
    const isRead = this.left === 0 && this.from === null && typeof version === 'number';
    try {
      await this.store(isRead ? { keys, seen, read: version } : { keys, seen });
    } catch (error) {
      this.update({ seen: before, markError: error });
    }
  }

  private async store(marks: { keys?: string[]; seen?: boolean; read?: number }): Promise<void> {
    const { client } = this.submission.enablement;
    const { version, keys } = await client.markSeen(this.submission.number, marks);
    this.update({ readVersion: version, seen: new Set(keys) });
  }

  private async fetch(): Promise<IShownDifference> {
    const { client } = this.submission.enablement;
    const { number, detail } = this.submission;
    const version = this.version?.number ?? 1;
    if (this.working) {
      const old = this.from ?? version;
      const { difference, cells } = await client.workingDifference(number, old, detail?.notebook_path ?? '');
      return { old, version: null, difference, cells };
    }
    const key = `${String(this.from)}/${String(version)}/${this.from === null ? String(this.readVersion) : ''}`;
    const kept = this.kept.get(key);
    if (kept !== undefined) {
      return kept;
    }
    const { old, new: now, difference } = await client.difference(number, version, this.from ?? undefined);
    const shown = { old, version: now, difference, cells: [] };
    this.kept.set(key, shown);
    const [oldest] = this.kept.keys();
    if (this.kept.size > KEPT && oldest !== undefined) {
      this.kept.delete(oldest);
    }
    return shown;
  }

  /** What stands beside a difference: threads of its old side, packages. A failure leaves it away. */
  private async loadBeside(shown: IShownDifference, load: number): Promise<void> {
    const { image } = shown.difference;
    const name = (side: Side): string => `${image?.[side].slug ?? ''}/${image?.[side].release ?? ''}`;
    const { client } = this.submission.enablement;
    const [, releases] = await Promise.all([
      this.loadThreads(shown).catch(() => undefined),
      image === null ? null : client.releases(name('old'), name('new')).catch(() => null)
    ]);
    if (load === this.loads) {
      this.update({ releases });
    }
  }

  private async loadThreads(shown: IShownDifference): Promise<void> {
    const { number, enablement } = this.submission;
    this.update({ oldThreads: await enablement.client.threads(number, shown.old) });
  }

  private compare(): void {
    this.key = this.wanted;
    this.update({ shown: null, oldThreads: [] });
    void this.load();
  }

  private get wanted(): string {
    return `${String(this.version?.number)}/${String(this.from)}/${String(this.working)}`;
  }

  private onSubmission(): void {
    if (this.submission.detail === null) {
      return;
    }
    if (this.marks === 'unasked') {
      this.marks = 'asked';
      this.begun = this.begin();
    } else if (this.marks === 'known' && this.hasOthers && this.key !== this.wanted) {
      this.compare();
    } else {
      this.follow();
    }
  }

  /** With the marks comes the default: who has read an earlier version sees what is new since. */
  private async begin(): Promise<void> {
    const { submission } = this;
    try {
      const { version, keys } = await submission.enablement.client.seen(submission.number);
      this.update({ readVersion: version, seen: new Set(keys) });
    } catch (markError) {
      this.marks = 'unasked';
      this.update({ markError });
      return;
    }
    this.marks = 'known';
    if (this.isDisposed || !this.hasOthers) {
      return;
    }
    const isBehind = this.readVersion !== null && this.readVersion < (submission.detail?.latest ?? 1);
    if (isBehind && !submission.tabChosen) {
      submission.show('changes');
    }
    this.compare();
  }

  /** What is said in a thread meanwhile, in the threads of the old side as well. */
  private follow(): void {
    const now = new Map(this.submission.threads.map(thread => [thread.id, thread]));
    this.update({
      oldThreads: this.oldThreads.map(thread => ({ ...(now.get(thread.id) ?? thread), placed: thread.placed }))
    });
  }

  private update(part: Partial<ChangesModel>): void {
    if (!this.isDisposed) {
      Object.assign(this, part);
      this.stateChanged.emit();
    }
  }
}
