/** Puts the notes below the cells they are about, and takes them away again. */
import type { Cell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { PanelLayout } from '@lumino/widgets';

import { threadsByCell } from '../anchors';
import type { IThread } from '../contract';
import type { IEnablement } from '../tokens';
import { CellNotes } from './cellNotes';
import type { NotebookCommentsModel } from './commentsModel';

export class CellNotesManager implements IDisposable {
  private readonly notes = new Map<string, CellNotes>();
  private disposed = false;

  constructor(private readonly options: CellNotesManager.IOptions) {
    options.comments.stateChanged.connect(this.place, this);
    options.panel.content.modelContentChanged.connect(this.onCells, this);
  }

  get isDisposed(): boolean {
    return this.disposed;
  }

  dispose(): void {
    if (!this.disposed) {
      this.disposed = true;
      Signal.clearData(this);
      this.notes.forEach(note => note.dispose());
      this.notes.clear();
    }
  }

  /** Cells come and go while a person edits. The signal is emitted before the notebook has the widget of a new cell. */
  private onCells(): void {
    void Promise.resolve().then(() => this.follow());
  }

  /** Notes are placed again where a cell of theirs has none: it is new, or it came back. */
  private follow(): void {
    if (this.disposed) {
      return;
    }
    const ids = new Set(this.options.panel.content.widgets.map(cell => cell.model.id));
    const wanted = [...threadsByCell(this.options.comments.threads).keys()].filter(id => ids.has(id));
    if (wanted.some(id => this.notes.get(id)?.isDisposed ?? true)) {
      this.place();
    }
  }

  private place(): void {
    const byCell = threadsByCell(this.options.comments.threads);
    for (const [id, note] of this.notes) {
      if (!byCell.has(id) || note.isDisposed) {
        note.dispose();
        this.notes.delete(id);
      }
    }
    for (const cell of this.options.panel.content.widgets) {
      const threads = byCell.get(cell.model.id);
      if (threads !== undefined) {
        void cell.ready.then(() => this.placeAt(cell, threads));
      }
    }
  }

  private placeAt(cell: Cell, threads: IThread[]): void {
    if (this.disposed || cell.isDisposed) {
      return;
    }
    const id = cell.model.id;
    const placed = this.notes.get(id);
    if (placed !== undefined && !placed.isDisposed && placed.parent === cell) {
      placed.threads = threads;
      return;
    }
    placed?.dispose();
    const { enablement, comments, trans, onOpen } = this.options;
    const note = new CellNotes({
      threads,
      trans,
      onOpen: () => onOpen(threads[0]?.submission ?? 0),
      onReply: async (thread, text) => {
        await enablement.client.reply(thread.id, text);
        await comments.load();
      },
      onResolve: async thread => {
        await enablement.client.resolve(thread.id);
        await comments.load();
      },
      onApply: thread => this.options.onApply(thread.submission, [thread.id]),
      onReject: async (thread, reason) => {
        await enablement.client.rejectSuggestion(thread.id, reason);
        await comments.load();
      }
    });
    this.notes.set(id, note);
    (cell.layout as PanelLayout).addWidget(note);
  }
}

export namespace CellNotesManager {
  export interface IOptions {
    panel: NotebookPanel;
    comments: NotebookCommentsModel;
    enablement: IEnablement;
    trans: TranslationBundle;
    onOpen: (number: number) => void;
    onApply: (number: number, threads: number[] | null) => Promise<void>;
  }
}
