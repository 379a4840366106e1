/** The save barrier: nothing is sent before the document is on disk, and what is on disk is named by its hash. */
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { Contents } from '@jupyterlab/services';

import { ApiError } from '../errors';

/** The documents that are open, by their path in the home: through whichever drive one was opened, it is the same file. */
export interface IOpenDocuments {
  readonly contents: Pick<Contents.IManager, 'get'>;
  contextAt(path: string): DocumentRegistry.Context | undefined;
}

/** Saves the document at `path` when it is open. */
export async function saveIfOpen(path: string, open: IOpenDocuments): Promise<void> {
  const context = open.contextAt(path);
  if (context !== undefined) {
    await saveContext(context);
  }
}

/** Saves the document. Raises ApiError `not-saved` where it stays dirty. */
export async function saveContext(context: DocumentRegistry.Context): Promise<void> {
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
export async function saveAndHash(path: string, open: IOpenDocuments): Promise<string> {
  await saveIfOpen(path, open);
  const model = await open.contents.get(path, { content: false, hash: true });
  const seen = open.contextAt(path)?.contentsModel?.hash;
  if (!model.hash || (seen && seen !== model.hash)) {
    throw new ApiError({ code: 'not-saved', detail: 'The file on disk is not the saved notebook.', status: 0 });
  }
  return model.hash;
}
