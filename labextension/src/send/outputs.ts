/** Clearing the outputs of one cell of a notebook that is open. */
import type { ICodeCellModel } from '@jupyterlab/cells';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { INotebookModel } from '@jupyterlab/notebook';

import type { IFinding } from '../contract';

/** The finding's cell where it is a code cell of the open notebook; by its id, or by its place where the file named no ids. */
export function codeCellOf(finding: IFinding, context: DocumentRegistry.Context | undefined): ICodeCellModel | null {
  const cells = context === undefined ? undefined : (context.model as Partial<INotebookModel>).cells;
  if (cells === undefined || finding.cell === null) {
    return null;
  }
  const all = Array.from(cells);
  const cell = all.find(each => each.id === finding.cell_id) ?? all[finding.cell - 1];
  return cell?.type === 'code' ? (cell as ICodeCellModel) : null;
}

/** Takes what the cell shows away. Its number stays: that it was run is still so. */
export function clearOutputs(cell: ICodeCellModel): void {
  cell.outputs.clear();
}
