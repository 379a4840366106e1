/** Applies suggested edits in the author's own notebook: all that fit in one save, nothing where a person has to look. */
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { INotebookContent } from '@jupyterlab/nbformat';
import { NotebookModel } from '@jupyterlab/notebook';
import type { Contents } from '@jupyterlab/services';

import type { EnablementClient } from '../client';
import type { ISuggestionCell, ISuggestionPlan } from '../contract';
import { ApiError } from '../errors';
import { saveContext, type IOpenDocuments } from '../send/saveDocument';
import { replaceSources } from './sources';

/** Somebody types, or a kernel writes, while it is worked out what fits. */
const TRIES = 5;

export interface IWritableDocuments extends IOpenDocuments {
  readonly contents: Pick<Contents.IManager, 'get' | 'save'>;
}

export interface IApplied {
  plan: ISuggestionPlan;
  /** Whether the notebook is open, so that it can be undone there. */
  open: boolean;
}

export class SuggestionApplier {
  constructor(
    private readonly client: Pick<EnablementClient, 'planSuggestions'>,
    private readonly open: IWritableDocuments
  ) {}

  /**
   * Applies the suggestions of these threads, null for all that are open, to the notebook at `path` and saves it once.
   *
   * What is on disk is compared before anything is written. Raises ApiError `changed-on-disk`, `not-saved`, `keeps-changing`.
   */
  async apply(submission: number, path: string, threads: number[] | null): Promise<IApplied> {
    for (let left = TRIES; left > 0; left -= 1) {
      const context = this.open.contextAt(path);
      const plan =
        context === undefined
          ? await this.applyToFile(submission, path, threads)
          : await this.applyToDocument(submission, path, threads, context);
      if (plan !== null) {
        return { plan, open: context !== undefined };
      }
    }
    throw failure('keeps-changing', 'The notebook changes all the time.');
  }

  /** Null: it was changed meanwhile, and nothing was done. */
  private async applyToDocument(
    submission: number,
    path: string,
    threads: number[] | null,
    context: DocumentRegistry.Context
  ): Promise<ISuggestionPlan | null> {
    await context.ready;
    const { model } = context;
    if (!(model instanceof NotebookModel) || model.readOnly) {
      throw failure('not-saved', 'The notebook cannot be written.');
    }
    const shared = model.sharedModel;
    const cells = (): ISuggestionCell[] =>
      shared.cells.map(cell => ({ id: cell.id, cell_type: cell.cell_type, source: cell.getSource() }));
    const before = cells();
    const plan = await this.client.planSuggestions(submission, threads, before);
    if (plan.sources.length === 0) {
      return plan;
    }
    await this.requireSameOnDisk(path, context);
    if (context.isDisposed || !sameCells(before, cells())) {
      return null;
    }
    replaceSources(shared, plan.sources);
    await saveContext(context);
    return plan;
  }

  private async applyToFile(
    submission: number,
    path: string,
    threads: number[] | null
  ): Promise<ISuggestionPlan | null> {
    const { contents } = this.open;
    const file = await contents.get(path, { type: 'notebook', format: 'json', content: true, hash: true });
    const notebook = file.content as INotebookContent;
    const before = notebook.cells.map(cell => ({
      id: typeof cell.id === 'string' ? cell.id : '',
      cell_type: cell.cell_type,
      source: Array.isArray(cell.source) ? cell.source.join('') : cell.source
    }));
    const plan = await this.client.planSuggestions(submission, threads, before);
    if (plan.sources.length === 0) {
      return plan;
    }
    for (const { cell, source } of plan.sources) {
      const found = notebook.cells[cell];
      if (found !== undefined) {
        found.source = source;
      }
    }
    const now = await contents.get(path, { content: false, hash: true });
    const same = now.hash && file.hash ? now.hash === file.hash : now.last_modified === file.last_modified;
    if (!same || this.open.contextAt(path) !== undefined) {
      return null;
    }
    await contents.save(path, { type: 'notebook', format: 'json', content: notebook });
    return plan;
  }

  /** A file that somebody else wrote is read again by its reader, who decides what stays. */
  private async requireSameOnDisk(path: string, context: DocumentRegistry.Context): Promise<void> {
    const seen = context.contentsModel?.hash;
    const now = await this.open.contents.get(path, { content: false, hash: true });
    if (seen && now.hash && seen !== now.hash) {
      throw failure('changed-on-disk', 'The file was changed on disk since it was opened.');
    }
  }
}

function sameCells(one: readonly ISuggestionCell[], other: readonly ISuggestionCell[]): boolean {
  return (
    one.length === other.length &&
    one.every((cell, at) => {
      const now = other[at];
      return now?.id === cell.id && now.cell_type === cell.cell_type && now.source === cell.source;
    })
  );
}

function failure(code: string, detail: string): ApiError {
  return new ApiError({ code, detail, status: 0 });
}
