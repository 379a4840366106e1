/** A short tour of the four buttons: by itself once, where the hub wants it, and as a command. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { CommandIDs, IEnablement } from '../tokens';
import { TourCard } from '../tour/card';
import { isDue, TourModel } from '../tour/model';

export const tourPlugin: JupyterFrontEndPlugin<void> = {
  id: 'enablement-labextension:tour',
  description: 'Shows where the buttons are.',
  autoStart: true,
  requires: [IEnablement, ISettingRegistry],
  optional: [ITranslator, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    enablement: IEnablement,
    settings: ISettingRegistry,
    translator: ITranslator | null,
    palette: ICommandPalette | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('enablement');
    let card: TourCard | null = null;

    const show = (): void => {
      card?.dispose();
      card = new TourCard(new TourModel(), trans);
      Widget.attach(card, document.body);
    };

    const begin = async (): Promise<void> => {
      const [loaded, context] = await Promise.all([
        settings.load(tourPlugin.id),
        enablement.context(),
        app.restored
      ] as const);
      const memory = {
        seen: () => loaded.composite.seen === true,
        remember: () => loaded.set('seen', true)
      };
      if (await isDue(context.tour, memory)) {
        show();
      }
    };

    app.commands.addCommand(CommandIDs.tour, { label: trans.__('Enablement Tour'), execute: show });
    palette?.addItem({ command: CommandIDs.tour, category: trans.__('Enablement') });
    // Without settings or context there is no tour by itself; the command is there all the same.
    void begin().catch(() => undefined);
  }
};
