/** One list of submissions. */
import type { ISubmission, ListFilter } from '../contract';
import type { IEnablement } from '../tokens';
import { PagedModel, type IPage, type IPageAsked } from './pagedModel';

export class ListModel extends PagedModel<ISubmission> {
  private currentFilter: ListFilter;

  constructor(filter: ListFilter, enablement: Pick<IEnablement, 'client' | 'feed'>) {
    super(enablement);
    this.currentFilter = filter;
  }

  get filter(): ListFilter {
    return this.currentFilter;
  }

  setFilter(filter: ListFilter): void {
    this.currentFilter = filter;
    this.items = [];
    this.loaded = false;
    void this.refresh();
  }

  protected page(asked: IPageAsked): Promise<IPage<ISubmission>> {
    return this.enablement.client.list({ filter: this.currentFilter, ...asked });
  }
}
