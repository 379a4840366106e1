/** Images in the lab: the status bar's item, what a notebook remembers, the line above one that was made elsewhere. */
import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { spawnUrl } from '../images/spawnUrl';
import { showPackageRequestDialog } from '../images/packageRequestDialog';
import { ImageClient } from '../images/client';
import type { INotebookImage } from '../contract';
import { ImageBanner, isWorthShowing } from '../images/banner';
import { ImageModel } from '../images/model';
import { recordImage } from '../images/notebookMetadata';
import { PackageRequestsModel } from '../images/packageRequestsModel';
import { ImageStatusItem } from '../images/statusItem';
import { CommandIDs, IPackageRequests } from '../tokens';

export const imagesPlugin: JupyterFrontEndPlugin<IPackageRequests> = {
  id: 'enablement-labextension:images',
  description: 'Says which image this server runs and which one a notebook was made in.',
  autoStart: true,
  provides: IPackageRequests,
  requires: [JupyterFrontEnd.IPaths, INotebookTracker],
  optional: [ITranslator, IStatusBar, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    paths: JupyterFrontEnd.IPaths,
    notebooks: INotebookTracker,
    translator: ITranslator | null,
    statusBar: IStatusBar | null,
    palette: ICommandPalette | null
  ): IPackageRequests => {
    const trans = (translator ?? nullTranslator).load('enablement');
    const { contents, serverSettings } = app.serviceManager;
    const client = new ImageClient(serverSettings);
    const model = new ImageModel(client);
    const requests = new PackageRequestsModel(client);
    const found = new WeakMap<NotebookPanel, INotebookImage>();

    const showLine = (panel: NotebookPanel, image: INotebookImage): void => {
      const line = new ImageBanner(image, trans, {
        address: release =>
          spawnUrl(paths.urls, release.image, release.release, contents.localPath(panel.context.path)),
        dismiss: () => line.dispose()
      });
      panel.contentHeader.addWidget(line);
    };

    const look = async (panel: NotebookPanel): Promise<void> => {
      await panel.context.ready;
      let image: INotebookImage;
      try {
        image = await client.notebook(contents.localPath(panel.context.path));
      } catch {
        return; // no service, no file: there is nothing to compare with, and the work goes on
      }
      if (panel.isDisposed) {
        return;
      }
      found.set(panel, image);
      if (isWorthShowing(image)) {
        showLine(panel, image);
      }
      showCurrent();
    };

    const showCurrent = (): void => {
      const panel = notebooks.currentWidget;
      model.show(panel === null ? null : (found.get(panel) ?? null));
    };

    notebooks.widgetAdded.connect((_, panel) => {
      const { context } = panel;
      // Before the document is turned into text, so that the file and the screen agree and the save barrier sees one hash.
      context.saveState.connect((_context, state) => {
        if (state === 'started' && !context.model.readOnly) {
          recordImage(context.model, contents.localPath(context.path), model.image);
        }
      });
      void panel.revealed.then(() => look(panel));
    });
    notebooks.currentChanged.connect(showCurrent);

    statusBar?.registerStatusItem('enablement-image', {
      item: new ImageStatusItem(model, trans, {
        address: release => spawnUrl(paths.urls, release.image, release.release, null),
        ask: drift => {
          const args = { package: drift.name, wanted: drift.locked === null ? '' : `==${drift.version ?? ''}` };
          void app.commands.execute(CommandIDs.askForPackage, args);
        }
      }),
      align: 'left',
      rank: 25
    });
    app.commands.addCommand(CommandIDs.askForPackage, {
      label: trans.__('Ask for a Package…'),
      caption: trans.__('Ask platform engineers for a package that the image does not have'),
      execute: args => {
        const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
        const start = { package: text(args.package), wanted: text(args.wanted) ?? '' };
        return showPackageRequestDialog(requests, trans, start.package === undefined ? {} : start);
      }
    });
    palette?.addItem({ command: CommandIDs.askForPackage, category: trans.__('Enablement') });
    requests.answered.connect((_, request) => {
      const name = `${request.package}${request.wanted}`;
      const words =
        request.state === 'accepted' ? trans.__('%1 was accepted', name) : trans.__('%1 was declined', name);
      Notification.info(request.answer === '' ? words : `${words}: ${request.answer}`, { autoClose: false });
    });
    void app.started.then(() => requests.refresh());
    void app.started.then(() => model.refresh());
    return { model: requests };
  }
};
