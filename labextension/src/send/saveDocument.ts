/** The save barrier: nothing is sent before the document is on disk, and what is on disk is named by its hash. */
import type { IDocumentManager } from '@jupyterlab/docmanager';

import { ApiError } from '../errors';

/** Saves the document at `path` when it is open. */
export async function saveIfOpen(path: string, documents: IDocumentManager): Promise<void> {
  const widget = documents.findWidget(path);
  const context = widget === undefined ? undefined : documents.contextForWidget(widget);
  if (context === undefined) {
    return;
  }
  await context.ready;
  if (!context.model.readOnly) {
    await context.save();
  }
  if (context.model.dirty) {
    throw new ApiError({ code: 'not-saved', detail: 'The notebook could not be saved.', status: 0 });
  }
}

/**
 * Saves, then gives the SHA-256 of the file as the server has it.
 *
 * Raises ApiError `not-saved` when the document stays dirty or the file is not what the open document
 * was saved as (something else wrote to it in between).
 */
export async function saveAndHash(path: string, documents: IDocumentManager): Promise<string> {
  await saveIfOpen(path, documents);
  const model = await documents.services.contents.get(path, { content: false, hash: true });
  const widget = documents.findWidget(path);
  const seen = widget === undefined ? undefined : documents.contextForWidget(widget)?.contentsModel?.hash;
  if (!model.hash || (seen && seen !== model.hash)) {
    throw new ApiError({ code: 'not-saved', detail: 'The file on disk is not the saved notebook.', status: 0 });
  }
  return model.hash;
}
