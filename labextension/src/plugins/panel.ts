/** The left panel, its badge, and the notification when a submission starts to wait for me. */
import { ILabShell, ILayoutRestorer, JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator, TranslationBundle } from '@jupyterlab/translation';
import { SidePanel } from '@jupyterlab/ui-components';

import { reviewIcon } from '../icons';
import { PackageRequestsModel } from '../images/packageRequestsModel';
import { PackageRequestsSection } from '../images/packageRequestsSection';
import { BrowserNotifications } from '../panel/browserNotifications';
import { AttentionNotifications } from '../panel/notifications';
import { MySubmissions, ReviewQueue } from '../panel/sections';
import { CommandIDs, IEnablement, IPackageRequests } from '../tokens';

const ID = 'enablement-panel';

export const panelPlugin: JupyterFrontEndPlugin<void> = {
  id: 'enablement-labextension:panel',
  description: 'The panel with my submissions and the review queue.',
  autoStart: true,
  requires: [IEnablement],
  optional: [ITranslator, ILayoutRestorer, ICommandPalette, ISettingRegistry, ILabShell, IPackageRequests],
  activate: (
    app: JupyterFrontEnd,
    enablement: IEnablement,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    settings: ISettingRegistry | null,
    _shell: ILabShell | null,
    packages: IPackageRequests | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('enablement');
    const open = (number: number): void => void app.commands.execute(CommandIDs.open, { number });
    const panel = new SidePanel({ translator: translator ?? nullTranslator });
    panel.id = ID;
    panel.addClass('enb-panel');
    panel.title.icon = reviewIcon;
    panel.node.setAttribute('role', 'region');
    panel.node.setAttribute('aria-label', trans.__('Enablement'));
    const queue = new ReviewQueue({ enablement, trans, onOpen: open });
    const sections = [new MySubmissions({ enablement, trans, onOpen: open }), queue];
    sections.forEach(section => panel.addWidget(section));
    if (packages !== null) {
      addPackages(panel, packages.model, enablement, trans);
    }

    const badge = (): void => {
      const waiting = enablement.feed.counters?.waiting ?? 0;
      panel.title.dataset = { ...panel.title.dataset, 'enablement-waiting': String(waiting) };
      panel.title.caption =
        waiting > 0
          ? trans._n(
              'Enablement: %1 submission is waiting for you',
              'Enablement: %1 submissions are waiting for you',
              waiting
            )
          : trans.__('Enablement: my submissions and the review queue');
    };
    badge();
    enablement.feed.changed.connect(badge);
    enablement.feed.refreshed.connect(badge);

    const browser = new BrowserNotifications();
    const news = new AttentionNotifications({ enablement, trans, onOpen: open, browser });
    void settings?.load(panelPlugin.id).then(loaded => {
      const follow = (): void => {
        news.enabled = loaded.composite.notifications !== false;
        browser.wanted = loaded.composite.browserNotifications === true;
        app.commands.notifyCommandChanged(CommandIDs.browserNotifications);
      };
      follow();
      loaded.changed.connect(follow);
    });

    app.shell.add(panel, 'left', { rank: 450, type: 'Enablement' });
    restorer?.add(panel, ID);
    app.commands.addCommand(CommandIDs.showPanel, {
      label: trans.__('Enablement: Submissions and Review Queue'),
      icon: reviewIcon,
      execute: () => app.shell.activateById(ID)
    });
    app.commands.addCommand(CommandIDs.refresh, {
      label: trans.__('Refresh Submissions and Review Queue'),
      execute: () => Promise.all(sections.map(section => section.model.refresh()))
    });
    addNotificationCommands(app, enablement, trans, browser, async (on: boolean) => {
      await settings?.set(panelPlugin.id, 'browserNotifications', on);
      browser.wanted = on;
    });
    app.commands.addCommand(CommandIDs.find, {
      label: trans.__('Find Submissions'),
      caption: trans.__('Search titles, answers, code, markdown, comments and files of submissions'),
      execute: () => {
        app.shell.activateById(ID);
        queue.focusSearch();
      }
    });
    for (const command of [
      CommandIDs.showPanel,
      CommandIDs.find,
      CommandIDs.refresh,
      CommandIDs.whatIAmTold,
      CommandIDs.browserNotifications
    ]) {
      palette?.addItem({ command, category: trans.__('Enablement') });
    }
  }
};

/** The way to the page on which one chooses what one is told, and the switch of the browser's notifications. */
function addNotificationCommands(
  app: JupyterFrontEnd,
  enablement: IEnablement,
  trans: TranslationBundle,
  browser: BrowserNotifications,
  choose: (on: boolean) => Promise<void>
): void {
  app.commands.addCommand(CommandIDs.whatIAmTold, {
    label: trans.__('What I Am Told by Mail…'),
    caption: trans.__('Which mails come and when, working hours, days away'),
    execute: async () => {
      const me = await enablement.me();
      window.open(`${me.decisions.url.replace(/\/?$/, '/')}notifications`, '_blank', 'noopener,noreferrer');
    }
  });
  app.commands.addCommand(CommandIDs.browserNotifications, {
    label: trans.__('Notifications of the Browser'),
    caption: trans.__('Say in a notification of the browser what waits for me while I look at something else'),
    isEnabled: () => browser.supported,
    isToggled: () => browser.on,
    execute: async () => {
      const on = !browser.on;
      if (on && !(await browser.ask())) {
        Notification.warning(
          trans.__('The browser does not allow notifications of this page. Its settings for this site can.')
        );
        return;
      }
      await choose(on);
      app.commands.notifyCommandChanged(CommandIDs.browserNotifications);
    }
  });
}

/** The part about package requests comes with the first request, or at once for who answers them. */
function addPackages(
  panel: SidePanel,
  model: PackageRequestsModel,
  enablement: IEnablement,
  trans: TranslationBundle
): void {
  let place = '/services/enablement/';
  void enablement.me().then(
    me => (place = me.decisions.url),
    () => undefined
  );
  const section = new PackageRequestsSection(model, trans, number => `${place}package-requests/${number}`);
  const show = (): void => {
    if (!section.isAttached && section.parent === null && (model.items.length > 0 || model.everybodys)) {
      panel.addWidget(section);
    }
    const waiting = model.everybodys && model.open > 0 ? ` (${model.open})` : '';
    section.title.label = trans.__('Package requests') + waiting;
  };
  model.stateChanged.connect(show);
  show();
}
