/** Documents that are open while files below them change: saved before, read again after, never overwritten. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { DocumentRegistry } from '@jupyterlab/docregistry';

import { saveIfOpen } from '../send/saveDocument';

export class OpenDocuments {
  constructor(
    private readonly shell: JupyterFrontEnd.IShell,
    private readonly documents: IDocumentManager
  ) {}

  /** Saves what has unsaved edits in this folder. Raises ApiError `not-saved` where one stays so. */
  async save(folder: string): Promise<void> {
    for (const context of this.contexts()) {
      const path = this.local(context);
      if (context.model.dirty && (path === folder || path.startsWith(`${folder}/`))) {
        await saveIfOpen(path, this.documents);
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
    return this.documents.services.contents.localPath(context.path);
  }

  private contexts(): Set<DocumentRegistry.Context> {
    const found = new Set<DocumentRegistry.Context>();
    for (const widget of this.shell.widgets('main')) {
      const context = this.documents.contextForWidget(widget);
      if (context !== undefined) {
        found.add(context);
      }
    }
    return found;
  }
}
