/** Opens submissions as documents of the main area, one each, and brings them back after a reload. */
import { ILayoutRestorer, JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, InputDialog, IThemeManager, WidgetTracker } from '@jupyterlab/apputils';
import { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { ILatexTypesetter } from '@jupyterlab/rendermime';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { ChangesModel } from '../document/changes/model';
import { SubmissionModel, TABS } from '../document/model';
import { SubmissionDocument } from '../document/widget';
import { OpenDocuments } from '../git/openDocuments';
import { reviewIcon } from '../icons';
import { safeRegistry } from '../render/registry';
import { SuggestionApplier } from '../suggestions/applier';
import { showOutcome } from '../suggestions/outcomes';
import { CommandIDs, IEnablement } from '../tokens';

export const documentsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'enablement-labextension:documents',
  description: 'Shows a submission: overview, changes, notebook, files, discussion, history.',
  autoStart: true,
  requires: [IEnablement, IDocumentManager],
  optional: [ITranslator, ILayoutRestorer, ICommandPalette, IEditorLanguageRegistry, ILatexTypesetter, IThemeManager],
  activate: (
    app: JupyterFrontEnd,
    enablement: IEnablement,
    manager: IDocumentManager,
    translation: ITranslator | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    languages: IEditorLanguageRegistry | null,
    typesetter: ILatexTypesetter | null,
    themes: IThemeManager | null
  ): void => {
    const translator = translation ?? nullTranslator;
    const trans = translator.load('enablement');
    const tracker = new WidgetTracker<SubmissionDocument>({ namespace: 'enablement-submissions' });

    const applier = new SuggestionApplier(enablement.client, new OpenDocuments(app.shell, manager));
    app.commands.addCommand(CommandIDs.applySuggestions, {
      label: trans.__('Apply Suggested Edits'),
      isVisible: () => false, // where they are read, with their submission
      execute: async args => {
        const path = typeof args.path === 'string' ? args.path : '';
        const threads = Array.isArray(args.threads) ? args.threads.map(Number) : null;
        await showOutcome(await applier.apply(Number(args.number), path, threads), trans);
      }
    });

    const create = (number: number): SubmissionDocument => {
      const model = new SubmissionModel(number, enablement);
      return new SubmissionDocument({
        model,
        changes: new ChangesModel(model),
        trans,
        rendermime: safeRegistry(translator, trans, typesetter),
        typesetter,
        languages,
        themes,
        applySuggestions: async threads => {
          const path = model.detail?.notebook_path ?? '';
          await app.commands.execute(CommandIDs.applySuggestions, { number, path, threads });
        },
        sendVersion: path => void app.commands.execute(CommandIDs.send, { path })
      });
    };

    app.commands.addCommand(CommandIDs.open, {
      label: args => trans.__('Open Submission #%1', typeof args.number === 'number' ? args.number : ''),
      icon: reviewIcon,
      execute: async args => {
        const number = Number(args.number);
        if (!Number.isSafeInteger(number) || number < 1) {
          return;
        }
        const found = tracker.find(widget => widget.model.number === number);
        const widget = found ?? create(number);
        if (found === undefined) {
          await tracker.add(widget);
        }
        if (!widget.isAttached) {
          app.shell.add(widget, 'main', { type: 'Enablement' });
        }
        const tab = TABS.find(known => known === args.tab);
        if (tab !== undefined) {
          widget.model.show(tab);
        }
        app.shell.activateById(widget.id);
      }
    });
    app.commands.addCommand(CommandIDs.openByNumber, {
      label: trans.__('Open Submission by Number…'),
      execute: async () => {
        const answer = await InputDialog.getNumber({ title: trans.__('Open submission'), label: trans.__('Number') });
        if (answer.button.accept && answer.value !== null) {
          await app.commands.execute(CommandIDs.open, { number: answer.value });
        }
      }
    });
    palette?.addItem({ command: CommandIDs.openByNumber, category: trans.__('Enablement') });
    void restorer?.restore(tracker, {
      command: CommandIDs.open,
      args: widget => ({ number: widget.model.number }),
      name: widget => String(widget.model.number)
    });
  }
};
