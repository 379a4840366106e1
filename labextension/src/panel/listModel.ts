/** One list of submissions, page by page, kept fresh. */
import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import type { ISubmission, ListFilter } from '../contract';
import { errorOfSilence } from '../errors';
import type { IEnablement } from '../tokens';

const SETTLE = 250;
const PAGE = 50;

export class ListModel implements IDisposable {
  items: ISubmission[] = [];
  next: string | null = null;
  error: unknown = null;
  loading = false;
  /** False until the first answer, so that "nothing here" is not said too early. */
  loaded = false;

  private currentFilter: ListFilter;
  private currentSearch = '';
  private timer = 0;
  private loads = 0;
  private disposed = false;
  private readonly onChanged = new Signal<this, void>(this);

  constructor(
    filter: ListFilter,
    readonly enablement: IEnablement
  ) {
    this.currentFilter = filter;
    enablement.feed.changed.connect(this.refreshSoon, this);
    enablement.feed.refreshed.connect(this.refreshSoon, this);
  }

  get changed(): ISignal<this, void> {
    return this.onChanged;
  }

  get filter(): ListFilter {
    return this.currentFilter;
  }

  get search(): string {
    return this.currentSearch;
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

  setFilter(filter: ListFilter): void {
    this.currentFilter = filter;
    this.items = [];
    this.loaded = false;
    void this.refresh();
  }

  setSearch(text: string): void {
    this.currentSearch = text;
    this.onChanged.emit();
    this.refreshSoon();
  }

  /** Loads as many items again as are on screen, so that a change elsewhere does not fold the list. */
  async refresh(): Promise<void> {
    await this.load(null, Math.min(Math.max(PAGE, this.items.length), 200));
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
        search: this.currentSearch.trim(),
        cursor,
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
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.refresh(), SETTLE);
  }

  private update(part: Partial<ListModel>): void {
    if (!this.disposed) {
      Object.assign(this, part);
      this.onChanged.emit();
    }
  }
}
