/** Documents that are open while files below them change: saved before, read again after, never overwritten. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { Contents } from '@jupyterlab/services';

import { saveContext, type IOpenDocuments } from '../send/saveDocument';

/** Where a document may stand. */
const AREAS = ['main', 'right', 'left', 'down'];

/** Documents are known by their path in the home, whatever drive they were opened through. */
export class OpenDocuments implements IOpenDocuments {
  constructor(
    private readonly shell: JupyterFrontEnd.IShell,
    private readonly documents: IDocumentManager
  ) {}

  get contents(): Contents.IManager {
    return this.documents.services.contents;
  }

  contextAt(path: string): DocumentRegistry.Context | undefined {
    return [...this.contexts()].find(context => this.local(context) === path);
  }

  /** Saves what has unsaved edits in this folder. Raises ApiError `not-saved` where one stays so. */
  async save(folder: string): Promise<void> {
    for (const context of this.contexts()) {
      const path = this.local(context);
      if (context.model.dirty && (path === folder || path.startsWith(`${folder}/`))) {
        await saveContext(context);
      }
    }
  }

  /** Reads these files again where they are open. One that was edited meanwhile is left as it is; its path is returned. */
  async reload(paths: readonly string[]): Promise<string[]> {
    const left: string[] = [];
    for (const context of this.contexts()) {
      const path = this.local(context);
      if (!paths.includes(path)) {
        continue;
      }
      if (context.model.dirty) {
        left.push(path);
      } else {
        await context.revert().catch(() => left.push(path)); // the file is gone now
      }
    }
    return left;
  }

  async open(path: string): Promise<void> {
    await Promise.resolve(this.documents.openOrReveal(path));
  }

  private local(context: DocumentRegistry.Context): string {
    return this.contents.localPath(context.path);
  }

  private contexts(): Set<DocumentRegistry.Context> {
    const found = new Set<DocumentRegistry.Context>();
    for (const widget of AREAS.flatMap(area => [...this.shell.widgets(area)])) {
      const context = this.documents.contextForWidget(widget);
      if (context !== undefined) {
        found.add(context);
      }
    }
    return found;
  }
}
