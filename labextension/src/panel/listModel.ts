/** One list of submissions, page by page, kept fresh. */
import { VDomModel } from '@jupyterlab/apputils';
import { Debouncer } from '@lumino/polling';

import type { ISubmission, ListFilter } from '../contract';
import { errorOfSilence } from '../errors';
import type { IEnablement } from '../tokens';

const SETTLE_MS = 250;
const PAGE = 50;
const MOST = 200;

export class ListModel extends VDomModel {
  items: ISubmission[] = [];
  next: string | null = null;
  error: unknown = null;
  loading = false;
  /** False until the first answer, so that "nothing here" is not said too early. */
  loaded = false;

  private currentFilter: ListFilter;
  private loads = 0;
  private readonly settle = new Debouncer(() => this.refresh(), SETTLE_MS);

  constructor(
    filter: ListFilter,
    private readonly enablement: Pick<IEnablement, 'client' | 'feed'>
  ) {
    super();
    this.currentFilter = filter;
    enablement.feed.changed.connect(this.refreshSoon, this);
    enablement.feed.refreshed.connect(this.refreshSoon, this);
  }

  get filter(): ListFilter {
    return this.currentFilter;
  }

  override dispose(): void {
    this.settle.dispose();
    super.dispose();
  }

  setFilter(filter: ListFilter): void {
    this.currentFilter = filter;
    this.items = [];
    this.loaded = false;
    void this.refresh();
  }

  /** Loads as many items again as are on screen, so that a change elsewhere does not fold the list. */
  async refresh(): Promise<void> {
    await this.load(null, Math.min(Math.max(PAGE, this.items.length), MOST));
  }

  async more(): Promise<void> {
    if (this.next !== null && !this.loading) {
      await this.load(this.next, PAGE);
    }
  }

  private async load(cursor: string | null, limit: number): Promise<void> {
    const load = ++this.loads;
    this.update({ loading: true });
    try {
      const page = await this.enablement.client.list({
        filter: this.currentFilter,
        ...(cursor === null ? {} : { cursor }),
        limit
      });
      if (load === this.loads) {
        const items = cursor === null ? page.items : [...this.items, ...page.items];
        this.update({ items, next: page.next, error: null, loading: false, loaded: true });
      }
    } catch (reason) {
      if (load === this.loads) {
        this.update({ error: errorOfSilence(reason), loading: false });
      }
    }
  }

  private refreshSoon(): void {
    void this.settle.invoke();
  }

  private update(part: Partial<ListModel>): void {
    if (!this.isDisposed) {
      Object.assign(this, part);
      this.stateChanged.emit();
    }
  }
}
