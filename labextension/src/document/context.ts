/** What the views of a document need besides the model. */
import type { IThemeManager } from '@jupyterlab/apputils';
import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { ChangesModel } from './changes/model';
import type { SubmissionModel } from './model';

export interface IDocumentContext {
  model: SubmissionModel;
  changes: ChangesModel;
  trans: TranslationBundle;
  /** Only safe renderers are in it. */
  rendermime: IRenderMimeRegistry;
  typesetter: IRenderMime.ILatexTypesetter | null;
  languages: IEditorLanguageRegistry | null;
  themes: IThemeManager | null;
  /** Opens the dialog for a new version of the notebook at `path`. */
  sendVersion: (path: string) => void;
  /** Applies suggested edits in the author's notebook, null for all that are open, and says what was done. */
  applySuggestions: (threads: number[] | null) => Promise<void>;
  /** Shows the cell with this id in the Notebook tab. */
  showCell: (cell: string) => void;
}

export const DocumentContext = React.createContext<IDocumentContext | null>(null);

export function useDocument(): IDocumentContext {
  const reading = React.useContext(DocumentContext);
  if (reading === null) {
    throw new Error('A view of a submission stands outside its document.');
  }
  return reading;
}

/** Tries again by itself what failed, when the line to the service is back. */
export function useRetry(failed: boolean, retry: () => void): void {
  const { feed } = useDocument().model.enablement;
  React.useEffect(() => {
    if (!failed) {
      return;
    }
    feed.refreshed.connect(retry);
    return () => {
      feed.refreshed.disconnect(retry);
    };
  }, [failed, feed, retry]);
}
