/** A search: what is typed, what is found, page by page, and the searches that are kept. */
import type { IFound, IFoundPage, ISavedSearch, ISearchFilter } from '../contract';
import { ApiError } from '../errors';
import { PagedModel, type IPageAsked } from './pagedModel';

export class SearchModel extends PagedModel<IFound, IFoundPage> {
  /** How many submissions can be found so far, null where all can. */
  indexing: IFoundPage['indexing'] = null;
  saved: ISavedSearch[] = [];
  filters: ISearchFilter[] = [];

  private typed = '';
  private asked = false;

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
      this.changed();
      return;
    }
    this.abandon(); // an answer to what was typed before
    this.error = null;
    this.loaded = false;
    this.loading = this.query !== '';
    this.items = this.query === '' ? [] : this.items;
    this.next = null; // the pages of what was typed before
    this.changed();
    this.refreshSoon();
  }

  /** Filters for completion and what is kept: asked once, when they are first needed, and again where that failed. */
  async prepare(): Promise<void> {
    if (this.asked) {
      return;
    }
    this.asked = true;
    try {
      [this.filters, this.saved] = await Promise.all([
        this.enablement.client.searchFilters(),
        this.enablement.client.savedSearches()
      ]);
      this.changed();
    } catch {
      this.asked = false; // the search itself says what is wrong
    }
  }

  /** Raises ApiError. */
  async save(name: string): Promise<void> {
    this.saved = await this.enablement.client.saveSearch({ name, query: this.query });
    this.changed();
  }

  /** Raises ApiError. */
  async forget(name: string): Promise<void> {
    this.saved = await this.enablement.client.deleteSavedSearch(name);
    this.changed();
  }

  override async refresh(): Promise<void> {
    if (this.query !== '') {
      await super.refresh();
    }
  }

  protected page(asked: IPageAsked): Promise<IFoundPage> {
    return this.enablement.client.search({ query: this.query, ...asked });
  }

  protected override took({ indexing }: IFoundPage): void {
    this.indexing = indexing;
  }

  /** What was found by the text before is not what is asked for now. */
  protected override failed(): void {
    if (!this.loaded) {
      this.items = [];
    }
  }
}
