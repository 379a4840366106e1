/** A list that comes page by page and is kept fresh while the service tells of changes. */
import { VDomModel } from '@jupyterlab/apputils';
import { Debouncer } from '@lumino/polling';

import { errorOfSilence } from '../errors';
import type { IEnablement } from '../tokens';

const SETTLE_MS = 250;
const PAGE = 50;
const MOST = 200;

export interface IPage<T> {
  items: T[];
  next: string | null;
}

export interface IPageAsked {
  cursor?: string;
  limit: number;
}

export abstract class PagedModel<T, P extends IPage<T> = IPage<T>> extends VDomModel {
  items: T[] = [];
  next: string | null = null;
  error: unknown = null;
  loading = false;
  /** False until the first answer, so that "nothing here" is not said too early. */
  loaded = false;

  private loads = 0;
  private readonly settle = new Debouncer(() => this.refresh(), SETTLE_MS);

  constructor(protected readonly enablement: Pick<IEnablement, 'client' | 'feed'>) {
    super();
    enablement.feed.changed.connect(this.refreshSoon, this);
    enablement.feed.refreshed.connect(this.refreshSoon, this);
  }

  override dispose(): void {
    this.settle.dispose();
    super.dispose();
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

  protected abstract page(asked: IPageAsked): Promise<P>;

  /** Takes what a page says beside its items. */
  protected took?(page: P): void;

  /** Says what becomes of the list where a page could not be had. */
  protected failed?(error: unknown): void;

  /** Answers that are still on their way come too late. */
  protected abandon(): void {
    this.loads += 1;
  }

  protected refreshSoon(): void {
    void this.settle.invoke();
  }

  /** To be called after something was set. */
  protected changed(): void {
    if (!this.isDisposed) {
      this.stateChanged.emit();
    }
  }

  private async load(cursor: string | null, limit: number): Promise<void> {
    const load = ++this.loads;
    this.loading = true;
    this.changed();
    try {
      const page = await this.page(cursor === null ? { limit } : { cursor, limit });
      if (load !== this.loads) {
        return;
      }
      this.items = cursor === null ? page.items : [...this.items, ...page.items];
      this.next = page.next;
      this.error = null;
      this.loaded = true;
      this.took?.(page);
    } catch (reason) {
      if (load !== this.loads) {
        return;
      }
      this.error = errorOfSilence(reason);
      this.failed?.(this.error);
    }
    this.loading = false;
    this.changed();
  }
}
