/** In the author's own notebook: what reviewers ask, beside the cells it is asked about. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { LocalFile, NotebookCommentsModel } from '../authoring/commentsModel';
import { CellNotesManager } from '../authoring/cellWidgets';
import { ChangesRequestedBanner } from '../authoring/changesRequestedBanner';
import { CommentsToolbarButton } from '../authoring/toolbarButton';
import { CommandIDs, IEnablement } from '../tokens';

export const authoringPlugin: JupyterFrontEndPlugin<void> = {
  id: 'enablement-labextension:authoring',
  description: 'Shows review comments at the cells of the notebook being edited.',
  autoStart: true,
  requires: [IEnablement, INotebookTracker],
  optional: [ITranslator, IToolbarWidgetRegistry],
  activate: (
    app: JupyterFrontEnd,
    enablement: IEnablement,
    notebooks: INotebookTracker,
    translator: ITranslator | null,
    toolbar: IToolbarWidgetRegistry | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('enablement');
    const onOpen = (number: number): void => void app.commands.execute(CommandIDs.open, { number, tab: 'discussion' });
    const known = new WeakMap<Widget, NotebookCommentsModel>();

    const commentsOf = (panel: NotebookPanel): NotebookCommentsModel => {
      const found = known.get(panel);
      if (found !== undefined) {
        return found;
      }
      const file = new LocalFile(panel.context, app.serviceManager.contents);
      const comments = new NotebookCommentsModel(file, enablement);
      known.set(panel, comments);
      const onApply = async (number: number, threads: number[] | null): Promise<void> => {
        await app.commands.execute(CommandIDs.applySuggestions, { number, path: file.path, threads });
      };
      const placer = new CellNotesManager({ panel, comments, enablement, trans, onOpen, onApply });
      const onSend = (): void => void app.commands.execute(CommandIDs.send, { path: file.path });
      panel.contentHeader.addWidget(new ChangesRequestedBanner({ comments, trans, onOpen, onSend, onApply }));
      panel.disposed.connect(() => {
        placer.dispose();
        comments.dispose();
      });
      return comments;
    };

    notebooks.widgetAdded.connect((_, panel) => void panel.revealed.then(() => commentsOf(panel)));
    toolbar?.addFactory<NotebookPanel>(
      'Notebook',
      'enablement-comments',
      panel => new CommentsToolbarButton(commentsOf(panel), trans, onOpen)
    );
  }
};
