/** Git in one click: the command, the status bar's item, "Save a version". */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, InputDialog, Notification } from '@jupyterlab/apputils';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { ILauncher } from '@jupyterlab/launcher';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { GitClient } from '../git/client';
import { showGitDialog } from '../git/dialog';
import { GitSession } from '../git/session';
import { GitStatusItem, GitStatusModel } from '../git/statusItem';
import { gitIcon } from '../icons';
import { errorSentence } from '../wording';

export namespace GitCommandIDs {
  export const setUp = 'enablement:set-up-git';
  export const save = 'enablement:save-version';
}

export const gitPlugin: JupyterFrontEndPlugin<void> = {
  id: 'enablement-labextension:git',
  description: 'Git in one click.',
  autoStart: true,
  requires: [IDefaultFileBrowser],
  optional: [ITranslator, ICommandPalette, IStatusBar, ILauncher],
  activate: (
    app: JupyterFrontEnd,
    files: IDefaultFileBrowser,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    statusBar: IStatusBar | null,
    launcher: ILauncher | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('enablement');
    const { contents, serverSettings } = app.serviceManager;
    const client = new GitClient(serverSettings);
    const model = new GitStatusModel(client);
    const here = (): string => contents.localPath(files.model.path);

    const setUp = async (cwd?: unknown): Promise<void> => {
      const selected = Array.from(files.selectedItems());
      const chosen = selected.length === 1 && selected[0]?.type === 'directory' ? selected[0].path : files.model.path;
      const folder = typeof cwd === 'string' ? cwd : chosen; // the launcher says which folder it stands for
      const session = new GitSession(contents.localPath(folder), client, () => model.look());
      void session.load();
      await showGitDialog(session, trans);
    };

    const save = async (): Promise<void> => {
      const folder = here();
      try {
        const status = await client.status(folder);
        const answer = await InputDialog.getText({
          title: trans.__('Save a version'),
          label: trans.__('What changed?'),
          text: status.message,
          okLabel: trans.__('Save')
        });
        if (!answer.button.accept) {
          return;
        }
        const receipt = await client.save(folder, answer.value ?? '', () => undefined);
        if (receipt.published) {
          const out = receipt.held.length;
          const more = out === 0 ? '' : trans._n('%1 file stays out.', '%1 files stay out.', out);
          Notification.success(`${trans.__('The version is kept, and on the server.')} ${more}`.trim());
        } else {
          Notification.warning(trans.__('The version is kept here. %1', receipt.why));
        }
      } catch (reason) {
        Notification.error(errorSentence(reason, trans), { autoClose: false });
      }
      model.look();
    };

    app.commands.addCommand(GitCommandIDs.setUp, {
      label: args => (args['cwd'] === undefined ? trans.__('Set up Git…') : trans.__('Set up Git')),
      caption: trans.__('Keep versions of the work in this folder'),
      icon: gitIcon,
      execute: args => setUp(args['cwd'])
    });
    app.commands.addCommand(GitCommandIDs.save, {
      label: trans.__('Save a Version…'),
      caption: trans.__('Keep a version of what changed, and copy it to the server'),
      icon: gitIcon,
      isEnabled: () => model.living,
      execute: save
    });
    for (const command of [GitCommandIDs.setUp, GitCommandIDs.save]) {
      palette?.addItem({ command, category: trans.__('Enablement') });
    }

    launcher?.add({ command: GitCommandIDs.setUp, category: trans.__('Other'), rank: 30 });

    model.stateChanged.connect(() => app.commands.notifyCommandChanged(GitCommandIDs.save));
    files.model.pathChanged.connect(() => model.look(here()));
    contents.fileChanged.connect(() => model.look());
    files.model.refreshed.connect(() => model.look(here())); // what terminals and kernels wrote
    void app.restored.then(() => model.look(here()));
    statusBar?.registerStatusItem('enablement-git', {
      item: new GitStatusItem(model, trans, { save: () => void save(), setUp: () => void setUp() }),
      align: 'left',
      rank: 20
    });
  }
};
