/** What a person does with versions every day, with the words about what came of it. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { plainName } from '../plainName';
import type { GitClient } from './client';
import type { GitGot, IGitBackup, IGitReceipt, IGitRefusal, IGitRestored, IGitStatus } from '../contract';
import { ConflictsModel } from './conflictsModel';
import { ConflictsDocument } from './conflictsView';
import { showCopiesDialog } from './copies/copiesDialog';
import { HistoryModel } from './historyModel';
import { HistoryDocument } from './historyView';
import { gitErrorSentence, isHandsOff, isMerge, progressLabel, refusalOf, refusalSentence } from './labels';
import type { GitTools } from './gitTools';
import type { OpenDocuments } from './openDocuments';
import { showSaveVersionDialog } from './saveVersionDialog';
import { SaveVersionModel } from './saveVersionModel';
import { confirmFinish, confirmNewest } from './statusDialogs';
import { isForReading } from './statusModel';

export class GitActions {
  constructor(
    private readonly shell: JupyterFrontEnd.IShell,
    private readonly client: GitClient,
    private readonly open: OpenDocuments,
    private readonly tools: GitTools,
    private readonly trans: TranslationBundle,
    /** Called when something may have changed. */
    private readonly after: () => void
  ) {}

  /** Asks which files and with which words, then keeps and pushes them. */
  async save(path: string): Promise<void> {
    await this.guarded(async () => {
      const status = await this.client.status(path);
      if (isForReading(status) || status.shape !== null) {
        await this.explain(status);
        return;
      }
      const { folder } = status;
      await this.open.save(folder);
      const model = new SaveVersionModel(folder, this.client);
      void model.load();
      const pull = await showSaveVersionDialog(model, this.trans);
      if (model.receipt !== null) {
        this.notifySaved(model.receipt);
      }
      model.dispose();
      if (pull) {
        await this.pull(folder);
      }
    });
  }

  /** Gets what is new on the server; what is open is saved before and read again after. */
  async pull(path: string): Promise<void> {
    const { trans } = this;
    await this.guarded(async () => {
      const { folder } = await this.client.status(path);
      await this.open.save(folder);
      const id = Notification.emit(trans.__('Asking the server what is new…'), 'in-progress', { autoClose: false });
      try {
        const got = await this.client.pull(folder, step =>
          Notification.update({ id, message: progressLabel(step.key, trans), type: 'in-progress' })
        );
        await this.notifyMerged(got);
      } finally {
        Notification.dismiss(id);
      }
    });
  }

  /** A copy of what others keep: chosen from a list, put at once where it belongs, and opened. */
  async copy(show: (folder: string) => Promise<void>): Promise<void> {
    const { trans } = this;
    await this.guarded(async () => {
      const got = await showCopiesDialog(this.client, trans);
      if (got === null) {
        return;
      }
      const { folder, repository, access } = got.copied;
      await show(folder);
      if (got.fresh) {
        const words =
          access === 'read'
            ? trans.__('Your copy of %1 is here. You get what is new; saving versions to it is for others.', repository)
            : trans.__('Your copy of %1 is here. What you save as a version, everybody gets.', repository);
        Notification.success(words, { autoClose: 10_000 });
      }
    });
  }

  history(path: string): void {
    const id = `enablement-history-${path}`;
    const model = new HistoryModel(path, this.client, (file, commit) => this.restore(file, commit));
    this.show(id, () => new HistoryDocument(model, this.trans));
  }

  /** Says why Save does not act in this repository, and leads to what does. */
  async explain(status: IGitStatus): Promise<void> {
    const { shape, folder } = status;
    if (shape === null || isMerge(shape)) {
      const { trans } = this;
      if (await (shape === null ? confirmNewest(status, trans) : confirmFinish(trans))) {
        await this.pull(folder);
      }
    } else {
      await this.leave(shape, folder);
    }
  }

  /** What is special about the repository, and the tools that are for it. */
  private async leave(refusal: IGitRefusal, folder: string): Promise<void> {
    const { trans, tools } = this;
    const panel = Dialog.okButton({ label: trans.__('Open the Git panel') });
    // One way on is the one that Enter takes: the panel where there is one.
    const terminal = Dialog.createButton({ label: trans.__('Open a terminal'), accept: !tools.hasPanel });
    const offered = isHandsOff(refusal) ? [terminal, ...(tools.hasPanel ? [panel] : [])] : [];
    const { button } = await showDialog({
      title: trans.__('What is special about this repository'),
      body: refusalSentence(refusal, trans),
      buttons: [Dialog.cancelButton({ label: trans.__('Close') }), ...offered]
    });
    if (button.label === panel.label) {
      tools.openPanel();
    } else if (button.label === terminal.label) {
      await tools.openTerminal(folder);
    }
  }

  resolve(folder: string): void {
    const before = (): Promise<void> => this.open.save(folder);
    const done = async (got: GitGot): Promise<void> => {
      this.find(`enablement-merge-${folder}`)?.dispose();
      await this.notifyMerged(got);
      this.after();
    };
    const model = new ConflictsModel(folder, this.client, done, before);
    this.find(`enablement-merge-${folder}`)?.dispose(); // what it showed may be old
    this.show(`enablement-merge-${folder}`, () => new ConflictsDocument(model, this.trans));
  }

  private async restore(path: string, commit: string): Promise<IGitRestored> {
    const { trans } = this;
    await this.open.save(path);
    const restored = await this.client.restore(path, commit);
    const left = await this.open.reload([path]);
    const name = plainName(PathExt.basename(path));
    const undo = {
      label: trans.__('Undo'),
      callback: () => void this.guarded(() => this.restore(path, restored.kept))
    };
    Notification.success(trans.__('%1 is as it was in that version. What it was before is kept.', name), {
      autoClose: 20_000,
      actions: restored.kept === '' ? [] : [undo]
    });
    this.notifyBackups(restored.aside);
    this.notifySkipped(left);
    this.after();
    return restored;
  }

  private async notifyMerged(got: GitGot): Promise<void> {
    const { trans } = this;
    if (got.state === 'clash') {
      this.resolve(got.folder);
      return;
    }
    if (got.state === 'nothing') {
      Notification.info(trans.__('There is nothing new on the server.'), { autoClose: 5000 });
      return;
    }
    const left = await this.open.reload(got.files);
    const names = got.files.map(file => plainName(PathExt.basename(file)));
    const count = trans._n('%1 file is new or different', '%1 files are new or different', names.length);
    const shown = names.slice(0, 3).join(', ');
    Notification.success(names.length === 0 ? trans.__('Both sides are together now.') : `${count}: ${shown}`, {
      autoClose: 10_000
    });
    this.notifyBackups(got.aside);
    this.notifySkipped(left);
    if (got.problem !== null) {
      Notification.warning(trans.__('Both sides are together here, but not pushed yet. %1', got.problem.detail));
    }
  }

  /** A copy is never silent: what it is called, and the way to it. */
  private notifyBackups(aside: readonly IGitBackup[]): void {
    const { trans } = this;
    for (const { path, copy } of aside) {
      const [name, kept] = [path, copy].map(each => plainName(PathExt.basename(each)));
      Notification.info(trans.__('Your own %1 was kept as a copy: %2', name, kept), {
        autoClose: false,
        actions: [{ label: trans.__('Open the copy'), callback: () => void this.open.open(copy) }]
      });
    }
  }

  private notifySkipped(left: readonly string[]): void {
    for (const path of left) {
      Notification.warning(
        this.trans.__('%1 is open with edits of yours and was not read again.', plainName(PathExt.basename(path))),
        { autoClose: false }
      );
    }
  }

  private notifySaved(receipt: IGitReceipt): void {
    const { trans } = this;
    if (receipt.problem === null) {
      Notification.success(trans.__('The version is kept on %1, and on the server.', plainName(receipt.branch)));
    } else {
      Notification.warning(trans.__('The version is kept here. %1', receipt.problem.detail));
    }
  }

  private show(id: string, make: () => HistoryDocument | ConflictsDocument): void {
    if (this.find(id) === undefined) {
      this.shell.add(make(), 'main', { type: 'Enablement' });
    }
    this.activate(id);
  }

  private find(id: string): { dispose: () => void } | undefined {
    return Array.from(this.shell.widgets('main')).find(widget => widget.id === id);
  }

  private activate(id: string): void {
    const shell: { activateById?: (id: string) => void } = this.shell;
    shell.activateById?.(id);
  }

  private async guarded(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (reason) {
      const refusal = refusalOf(reason);
      const panel = { label: this.trans.__('Open the Git panel'), callback: () => this.tools.openPanel() };
      const offered = refusal !== null && isHandsOff(refusal) && this.tools.hasPanel;
      Notification.error(gitErrorSentence(reason, this.trans), { autoClose: false, actions: offered ? [panel] : [] });
    }
    this.after();
  }
}
