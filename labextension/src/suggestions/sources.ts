/** New sources for cells of an open notebook: only what differs is replaced, as one step that can be undone. */
import type { NotebookModel } from '@jupyterlab/notebook';

type ISharedNotebook = NotebookModel['sharedModel'];
type ISharedCell = ISharedNotebook['cells'][number];

export interface INewSource {
  cell: number;
  source: string;
}

/** Undone with the notebook where its undo is one for the document, otherwise cell by cell. Outputs stay. */
export function replaceSources(notebook: ISharedNotebook, sources: readonly INewSource[]): void {
  const cells = sources.flatMap(({ cell, source }) => {
    const found = notebook.cells[cell];
    return found === undefined ? [] : [{ cell: found, source }];
  });
  const managers = cells.map(({ cell }) => undoManagerOf(cell));
  managers.forEach(manager => manager?.stopCapturing());
  const replace = (): void => cells.forEach(({ cell, source }) => cell.transact(() => replaceSource(cell, source)));
  if (notebook.disableDocumentWideUndoRedo) {
    replace();
  } else {
    notebook.transact(replace);
  }
  managers.forEach(manager => manager?.stopCapturing());
}

function replaceSource(cell: ISharedCell, source: string): void {
  const before = cell.getSource();
  const most = Math.min(before.length, source.length);
  let start = 0;
  while (start < most && before[start] === source[start]) {
    start += 1;
  }
  let end = 0;
  while (end < most - start && before[before.length - 1 - end] === source[source.length - 1 - end]) {
    end += 1;
  }
  // Never between the two halves of one character.
  while (start > 0 && isHighHalf(before.charCodeAt(start - 1))) {
    start -= 1;
  }
  while (end > 0 && isLowHalf(before.charCodeAt(before.length - end))) {
    end -= 1;
  }
  cell.updateSource(start, before.length - end, source.slice(start, source.length - end));
}

function isHighHalf(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLowHalf(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

interface IUndoManager {
  stopCapturing(): void;
}

function undoManagerOf(cell: ISharedCell): IUndoManager | null {
  return 'undoManager' in cell ? (cell.undoManager as IUndoManager | null) : null;
}
