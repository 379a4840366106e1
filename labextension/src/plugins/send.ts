/** "Send to engineering": the command, its palette entry, and what happens after it. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator, TranslationBundle } from '@jupyterlab/translation';

import { GitClient } from '../git/client';
import { OpenDocuments } from '../git/openDocuments';
import { countsLabel, endLabel } from '../document/rerun/labels';
import { sendIcon } from '../icons';
import { showSendDialog } from '../send/dialog';
import { DraftStore } from '../send/draft';
import { SendModel } from '../send/model';
import type { IPlace } from '../send/trial';
import { CommandIDs, GitCommandIDs, IEnablement } from '../tokens';

export const sendPlugin: JupyterFrontEndPlugin<void> = {
  id: 'enablement-labextension:send',
  description: 'Sends the notebook to engineering.',
  autoStart: true,
  requires: [IEnablement, IDocumentManager, IStateDB, INotebookTracker],
  optional: [ITranslator, ICommandPalette, IFileBrowserFactory],
  activate: (
    app: JupyterFrontEnd,
    enablement: IEnablement,
    documents: IDocumentManager,
    state: IStateDB,
    notebooks: INotebookTracker,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    files: IFileBrowserFactory | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('enablement');
    const sender = new Sender(app, trans, notebooks, {
      enablement,
      open: new OpenDocuments(app.shell, documents),
      drafts: new DraftStore(state),
      git: new GitClient(app.serviceManager.serverSettings)
    });
    const { contents } = app.serviceManager;
    /** The path in the home: real-time collaboration and others open documents through a drive of their own. */
    const pathOf = (args: { readonly path?: unknown; readonly from?: unknown }): string | null => {
      const path = openedPathOf(args);
      return path === null ? null : contents.localPath(path);
    };
    const openedPathOf = (args: { readonly path?: unknown; readonly from?: unknown }): string | null => {
      if (typeof args.path === 'string') {
        return args.path;
      }
      if (args.from === 'browser') {
        return selectedNotebook(files);
      }
      return notebooks.currentWidget?.context.path ?? null;
    };
    app.commands.addCommand(CommandIDs.send, {
      label: args => (args.isPalette ? trans.__('Send Notebook to Engineering…') : trans.__('Send to Engineering…')),
      caption: trans.__('Send this notebook to engineering for review'),
      icon: sendIcon,
      isEnabled: args => args.from === 'browser' || pathOf(args) !== null,
      execute: async args => {
        const path = pathOf(args);
        if (path !== null) {
          await sender.send(path);
        }
      }
    });
    notebooks.currentChanged.connect(() => app.commands.notifyCommandChanged(CommandIDs.send));
    palette?.addItem({ command: CommandIDs.send, category: trans.__('Enablement'), args: { isPalette: true } });
  }
};

function selectedNotebook(files: IFileBrowserFactory | null): string | null {
  const selected = Array.from(files?.tracker.currentWidget?.selectedItems() ?? []);
  return selected.find(item => PathExt.extname(item.path) === '.ipynb')?.path ?? null;
}

class Sender {
  /** Sendings on their way, by path: opening the dialog again shows the same one. */
  private readonly models = new Map<string, SendModel>();

  constructor(
    private readonly app: JupyterFrontEnd,
    private readonly trans: TranslationBundle,
    private readonly notebooks: INotebookTracker,
    private readonly options: SendModel.IOptions & { open: OpenDocuments }
  ) {}

  async send(path: string): Promise<void> {
    let model = this.models.get(path);
    if (model === undefined) {
      model = new SendModel(path, this.options);
      this.models.set(path, model);
      void model.load();
    } else if (!model.isSending) {
      void model.load(); // only a trial went on: the notebook may be another by now
    }
    model.stateChanged.disconnect(this.onStateChanged, this);
    const next = await showSendDialog(model, this.trans);
    if (model.isSending || model.trial.isOpen) {
      model.stateChanged.connect(this.onStateChanged, this);
    } else {
      this.forget(model);
    }
    if (next === 'set-up-git') {
      await this.app.commands.execute(GitCommandIDs.setUp, { cwd: PathExt.dirname(path) });
      await this.send(path); // what was typed is kept, and the way goes on
    } else if (next !== null && 'show' in next) {
      await this.showCell(path, next.show);
    } else if (next !== null) {
      await this.app.commands.execute(CommandIDs.open, { number: next.open });
    }
  }

  /** Opens the notebook at the place's cell. */
  private async showCell(path: string, place: IPlace): Promise<void> {
    await this.options.open.open(path);
    const panel = this.notebooks.find(each => this.app.serviceManager.contents.localPath(each.context.path) === path);
    if (panel === undefined || place.cell === null) {
      return;
    }
    await panel.context.ready;
    await panel.revealed;
    const cells = panel.content.widgets;
    const named = cells.findIndex(cell => cell.model.id === place.cell_id);
    const index = named < 0 ? place.cell - 1 : named;
    panel.content.activeCellIndex = index;
    await panel.content.scrollToItem(index, 'center');
  }

  /** The dialog was closed while something went on: the outcome becomes a notification. */
  private onStateChanged(model: SendModel): void {
    if (model.isSending || (model.sent === null && model.error === null && model.trial.isOpen)) {
      return;
    }
    this.forget(model);
    if (model.sent === null && model.error === null) {
      this.notifyTried(model);
      return;
    }
    if (model.sent !== null) {
      this.notifySent(model.sent.receipt.submission, model.sent.receipt.version);
    } else {
      this.notifyFailed(model.path);
    }
  }

  private forget(model: SendModel): void {
    this.models.delete(model.path);
    model.dispose();
  }

  private notifySent(number: number, version: number): void {
    const { trans } = this;
    Notification.success(trans.__('Sent as #%1, version %2', number, version), {
      actions: [
        { label: trans.__('Open'), callback: () => void this.app.commands.execute(CommandIDs.open, { number }) }
      ]
    });
  }

  private notifyTried(model: SendModel): void {
    const { trans } = this;
    const { trial } = model.trial;
    const { verdict = null, run = null } = trial ?? {};
    const found = verdict === null ? endLabel({ run }, trans) || (run?.line ?? '') : countsLabel(verdict, trans);
    Notification.info(trans.__('%1, tried clean: %2', PathExt.basename(model.path), found), {
      autoClose: false,
      actions: [{ label: trans.__('Show'), callback: () => void this.send(model.path) }]
    });
  }

  private notifyFailed(path: string): void {
    const { trans } = this;
    Notification.error(trans.__('The notebook could not be sent. Nothing is lost.'), {
      autoClose: false,
      actions: [{ label: trans.__('Try again'), callback: () => void this.send(path) }]
    });
  }
}
