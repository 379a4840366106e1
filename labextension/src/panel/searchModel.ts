/** A search: what is typed, what is found, page by page, and the searches that are kept. */
import { VDomModel } from '@jupyterlab/apputils';
import { Debouncer } from '@lumino/polling';

import type { IFound, IFoundPage, ISavedSearch, ISearchFilter } from '../contract';
import { ApiError, errorOfSilence } from '../errors';
import type { IEnablement } from '../tokens';

const SETTLE_MS = 250;
const PAGE = 50;
const MOST = 200;

export class SearchModel extends VDomModel {
  items: IFound[] = [];
  next: string | null = null;
  /** How many submissions can be found so far, null where all can. */
  indexing: IFoundPage['indexing'] = null;
  error: unknown = null;
  loading = false;
  /** False until the first answer to this text. */
  loaded = false;
  saved: ISavedSearch[] = [];
  filters: ISearchFilter[] = [];

  private typed = '';
  private loads = 0;
  private asked = false;
  private readonly settle = new Debouncer(() => this.refresh(), SETTLE_MS);

  constructor(private readonly enablement: Pick<IEnablement, 'client' | 'feed'>) {
    super();
    enablement.feed.changed.connect(this.refreshSoon, this);
    enablement.feed.refreshed.connect(this.refreshSoon, this);
  }

  override dispose(): void {
    this.settle.dispose();
    super.dispose();
  }

  get text(): string {
    return this.typed;
  }

  /** What is asked for, "" where nothing is. */
  get query(): string {
    return this.typed.trim();
  }

  /** What cannot be understood, as a sentence; null where that is not what is wrong. */
  get problem(): string | null {
    return this.error instanceof ApiError && this.error.code === 'bad-search' ? this.error.message : null;
  }

  setText(text: string): void {
    const before = this.query;
    this.typed = text;
    if (this.query === before) {
      this.stateChanged.emit();
      return;
    }
    this.loads += 1; // an answer to what was typed before comes too late
    this.update({ error: null, loaded: false, loading: this.query !== '', items: this.query === '' ? [] : this.items });
    this.refreshSoon();
  }

  /** Filters for completion and what is kept: asked once, when they are first needed, and again where that failed. */
  async prepare(): Promise<void> {
    if (this.asked) {
      return;
    }
    this.asked = true;
    try {
      const [filters, saved] = await Promise.all([
        this.enablement.client.searchFilters(),
        this.enablement.client.savedSearches()
      ]);
      this.update({ filters, saved });
    } catch {
      this.asked = false; // the search itself says what is wrong
    }
  }

  /** Raises ApiError. */
  async save(name: string): Promise<void> {
    this.update({ saved: await this.enablement.client.saveSearch({ name, query: this.query }) });
  }

  /** Raises ApiError. */
  async forget(name: string): Promise<void> {
    this.update({ saved: await this.enablement.client.deleteSavedSearch(name) });
  }

  /** Loads as many items again as are on screen. */
  async refresh(): Promise<void> {
    if (this.query !== '') {
      await this.load(null, Math.min(Math.max(PAGE, this.items.length), MOST));
    }
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
      const page = await this.enablement.client.search({
        query: this.query,
        ...(cursor === null ? {} : { cursor }),
        limit
      });
      if (load === this.loads) {
        const items = cursor === null ? page.items : [...this.items, ...page.items];
        const { next, indexing } = page;
        this.update({ items, next, indexing, error: null, loading: false, loaded: true });
      }
    } catch (reason) {
      if (load === this.loads) {
        const error = errorOfSilence(reason);
        const gone = error instanceof ApiError && error.status === 400;
        this.update({ error, loading: false, ...(gone ? { items: [], next: null } : {}) });
      }
    }
  }

  private refreshSoon(): void {
    void this.settle.invoke();
  }

  private update(part: Partial<SearchModel>): void {
    if (!this.isDisposed) {
      Object.assign(this, part);
      this.stateChanged.emit();
    }
  }
}
