/** Git in one click: the set-up, the status bar's item, "Save a version", the history of a notebook, colleagues' changes. */
import { ILabShell, JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { ILauncher } from '@jupyterlab/launcher';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { GitActions } from '../git/actions';
import { GitClient } from '../git/client';
import { GitTools } from '../git/gitTools';
import { OpenDocuments } from '../git/openDocuments';
import { showSetupDialog } from '../git/setupDialog';
import { GitSetupModel } from '../git/setupModel';
import { GitStatusItem } from '../git/statusItem';
import { GitStatusModel } from '../git/statusModel';
import { gitIcon } from '../icons';
import { GitCommandIDs } from '../tokens';

export const gitPlugin: JupyterFrontEndPlugin<void> = {
  id: 'enablement-labextension:git',
  description: 'Git in one click.',
  autoStart: true,
  requires: [IDefaultFileBrowser, IDocumentManager],
  optional: [ITranslator, ICommandPalette, IStatusBar, ILauncher, ILabShell],
  activate: (
    app: JupyterFrontEnd,
    files: IDefaultFileBrowser,
    documents: IDocumentManager,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    statusBar: IStatusBar | null,
    launcher: ILauncher | null,
    labShell: ILabShell | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('enablement');
    const { contents, serverSettings } = app.serviceManager;
    const client = new GitClient(serverSettings);
    const model = new GitStatusModel(client);
    const browsed = new GitStatusModel(client); // of the file browser's folder: its toolbar offers what is missing there
    const tools = new GitTools(app);
    const actions = new GitActions(app.shell, client, new OpenDocuments(app.shell, documents), tools, trans, () =>
      model.refresh()
    );

    /** The document that has the person's attention, null where it is none. */
    const document = (): string | null => {
      const { currentWidget } = app.shell;
      const context = currentWidget === null ? undefined : documents.contextForWidget(currentWidget);
      return context === undefined ? null : contents.localPath(context.path);
    };
    const here = (): string => {
      const path = document();
      return path === null ? contents.localPath(files.model.path) : PathExt.dirname(path);
    };
    const notebook = (): string | null => {
      const selected = Array.from(files.selectedItems()).map(item => contents.localPath(item.path));
      return [document(), ...selected].find(path => path !== null && PathExt.extname(path) === '.ipynb') ?? null;
    };

    const setUp = async (cwd?: unknown): Promise<void> => {
      const selected = Array.from(files.selectedItems());
      const chosen = selected.length === 1 && selected[0]?.type === 'directory' ? selected[0].path : files.model.path;
      const folder = typeof cwd === 'string' ? cwd : chosen; // the launcher says which folder it stands for
      const setup = new GitSetupModel(contents.localPath(folder), client, () => {
        model.refresh();
        browsed.refresh();
      });
      void setup.load();
      await showSetupDialog(setup, trans);
      setup.dispose();
    };

    app.commands.addCommand(GitCommandIDs.setUp, {
      label: args => (args.cwd === undefined ? trans.__('Set up Git…') : trans.__('Set up Git')),
      caption: trans.__('Keep versions of the work in this folder'),
      icon: gitIcon,
      isVisible: args => args.from !== 'toolbar' || !browsed.isRepository,
      execute: args => setUp(args.cwd)
    });
    app.commands.addCommand(GitCommandIDs.save, {
      label: trans.__('Save a Version…'),
      caption: trans.__('Keep a version of what changed, and copy it to the server'),
      icon: gitIcon,
      isEnabled: () => model.isRepository,
      execute: () => actions.save(here())
    });
    app.commands.addCommand(GitCommandIDs.colleagues, {
      label: trans.__('Get Colleagues’ Changes'),
      caption: trans.__('Bring what others pushed into this folder; your own work stays'),
      icon: gitIcon,
      isEnabled: () => model.isRepository,
      execute: () => actions.pull(here())
    });
    app.commands.addCommand(GitCommandIDs.history, {
      label: trans.__('Versions of This Notebook'),
      caption: trans.__('Look at earlier versions, compare, go back'),
      icon: gitIcon,
      isEnabled: () => notebook() !== null,
      execute: args => {
        // In the file browser's menu it is about what is selected there.
        const selected = Array.from(files.selectedItems()).find(item => PathExt.extname(item.path) === '.ipynb');
        const path = args.from === 'browser' && selected ? contents.localPath(selected.path) : notebook();
        if (path !== null) {
          actions.history(path);
        }
      }
    });
    app.commands.addCommand(GitCommandIDs.copy, {
      label: args => (args.from === 'launcher' ? trans.__('Get a Copy') : trans.__('Get a Copy…')),
      caption: trans.__('Of a repository of your groups, one that was shared with you, or one that you review'),
      icon: gitIcon,
      execute: () => actions.copy(folder => files.model.cd(`/${contents.localPath(folder)}`))
    });
    for (const command of Object.values(GitCommandIDs)) {
      palette?.addItem({ command, category: trans.__('Enablement') });
    }

    launcher?.add({ command: GitCommandIDs.setUp, category: trans.__('Other'), rank: 30 });
    launcher?.add({
      command: GitCommandIDs.copy,
      category: trans.__('Other'),
      args: { from: 'launcher' },
      rank: 31
    });

    const refresh = (): void => model.refresh(here());
    const changed = (): void => {
      // Each by its name: a button of a toolbar listens to nothing else.
      for (const command of Object.values(GitCommandIDs)) {
        app.commands.notifyCommandChanged(command);
      }
    };
    model.stateChanged.connect(changed);
    browsed.stateChanged.connect(changed);
    files.model.pathChanged.connect(refresh);
    const browse = (): void => browsed.refresh(contents.localPath(files.model.path));
    files.model.pathChanged.connect(browse);
    void app.restored.then(browse);
    contents.fileChanged.connect(() => model.refresh());
    files.model.refreshed.connect(refresh); // what terminals and kernels wrote
    labShell?.currentChanged.connect(refresh);
    void app.restored.then(refresh);
    const explain = (): void => {
      if (model.status !== null) {
        void actions.explain(model.status);
      }
    };
    const handlers = {
      save: () => void actions.save(here()),
      'set-up': () => void setUp(here()),
      history: () => {
        const path = notebook() ?? document();
        if (path !== null) {
          actions.history(path);
        } else if (tools.hasPanel) {
          tools.openPanel(); // whose second page is the history of the folder
        } else {
          void tools.openTerminal(here());
        }
      },
      explain,
      finish: explain,
      reading: explain
    };
    statusBar?.registerStatusItem('enablement-git', {
      item: new GitStatusItem(model, trans, handlers),
      align: 'left',
      rank: 20
    });
  }
};
