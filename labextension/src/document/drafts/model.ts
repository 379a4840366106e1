/** The viewer's drafts on one submission: kept by the service, seen by nobody else, published together. */
import { Signal, type ISignal } from '@lumino/signaling';

import type { IAnchor, ICellDifference, IDraft, INewDraft, IPlacedDraft, IThread } from '../../contract';
import type { EnablementClient } from '../../client';
import { ApiError } from '../../errors';

export class DraftsModel {
  items: IPlacedDraft[] = [];
  /** Why they could not be loaded; what was loaded before stays. */
  error: unknown = null;

  private loads = 0;
  private version: number | undefined;
  private readonly onChanged = new Signal<this, void>(this);

  constructor(
    private readonly number: number,
    private readonly client: EnablementClient
  ) {}

  get changed(): ISignal<this, void> {
    return this.onChanged;
  }

  /** Those that the submission still takes. */
  get publishable(): IPlacedDraft[] {
    return this.items.filter(draft => draft.standing !== 'ended');
  }

  /** Places them in a version, by default the latest; the last load wins when several overlap. */
  async load(version?: number): Promise<void> {
    this.version = version;
    const load = ++this.loads;
    try {
      const items = await this.client.drafts(this.number, version);
      if (load === this.loads) {
        this.items = items;
        this.error = null;
      }
    } catch (error) {
      if (load === this.loads) {
        this.error = error;
      }
    }
    this.onChanged.emit();
  }

  comment(version: number, anchor: IAnchor, text: string): Promise<void> {
    return this.add({ version, kind: 'comment', anchor, text });
  }

  /** Another source for a cell, in place of the one that the version has. */
  suggest(version: number, cell: string, replaces: string, source: string, text: string): Promise<void> {
    const anchor = { cell, lines: null, output: null };
    return this.add({ version, kind: 'suggestion', anchor, replaces, source, text });
  }

  reply(version: number, thread: IThread, text: string): Promise<void> {
    return this.add({ version, kind: 'reply', thread: thread.id, text });
  }

  /** Resolves an open thread with the review, opens a resolved one again. */
  settle(version: number, thread: IThread): Promise<void> {
    const kind = thread.resolved_at === null ? 'resolve' : 'reopen';
    return this.add({ version, kind, thread: thread.id });
  }

  edit(draft: IDraft, text: string, source?: string): Promise<void> {
    return this.act(() => this.client.editDraft(draft, text, source));
  }

  discard(drafts: readonly IDraft[]): Promise<void> {
    return this.act(() => this.client.discardDrafts(this.number, drafts));
  }

  /** Publishes what is on screen: one that was changed elsewhere meanwhile is loaded instead, and nothing is published. */
  publish(): Promise<void> {
    return this.act(() => this.client.publishDrafts(this.number, this.publishable));
  }

  /** Those in a thread: replies, and the one that resolves it or opens it again. */
  ofThread(thread: number): IPlacedDraft[] {
    return this.items.filter(draft => draft.thread === thread);
  }

  /** New threads at a cell of the version they are placed in. */
  atCell(cell: string): IPlacedDraft[] {
    return this.items.filter(draft => isPlaced(draft) && draft.placed?.cell === cell);
  }

  /** New threads at a cell that differs, on either side. */
  atChange(cell: ICellDifference, old: number | null): IPlacedDraft[] {
    const { old_id: before, new_id: now } = cell;
    return this.items.filter(
      draft =>
        draft.anchor !== null &&
        ((typeof now === 'string' && isPlaced(draft) && draft.placed?.cell === now) ||
          (typeof before === 'string' && draft.version === old && draft.anchor.cell === before))
    );
  }

  private add(draft: INewDraft): Promise<void> {
    return this.act(() => this.client.addDraft(this.number, draft));
  }

  private async act(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof ApiError && error.code === 'drafts-changed') {
        await this.load(this.version);
      }
      throw error;
    }
    await this.load(this.version);
  }
}

/** Whether its cell is in the version that it is placed in. */
export function isPlaced(draft: IPlacedDraft): boolean {
  const state = draft.placed?.state;
  return state !== undefined && state !== 'deleted' && state !== 'unknown';
}
